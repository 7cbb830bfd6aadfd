import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { FailureNote, sentence } from '~/parts/FailureNote';
import { Reading } from '~/parts/Reading';
import { read, ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import type { Cluster } from './Health';

type Action = Schemas['NodePoolDecision']['action'];

const ACTIONS: Record<Action, [StatusIndicatorProps.Type, string]> = {
  GROW: ['in-progress', 'Grows'],
  SHRINK: ['in-progress', 'Shrinks'],
  HOLD: ['success', 'Stays'],
};

/** How many nodes of each kind a cluster should have and why, and which of them could be emptied. */
export function Nodes({ cluster }: { cluster: Cluster }) {
  const { organizationId } = useSelf();
  const path = { organizationId, clusterId: cluster.id };
  const query = useQuery({
    queryKey: ['node-plan', organizationId, cluster.id],
    queryFn: () =>
      told(api.GET('/organizations/{organizationId}/clusters/{clusterId}/node-plan', { params: { path } })),
    refetchInterval: 10_000,
  });
  if (query.error && !query.data) {
    return (
      <FailureNote
        title="The plan of nodes could not be read"
        thrown={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) return <Reading words="Reading the plan of nodes …" />;
  const plan = query.data;
  const machines = (name: string) =>
    cluster.nodePools.find(each => each.name === name)?.supportedAstroMachines.join(', ') || '–';
  return (
    <SpaceBetween size="l">
      {plan.problem !== '' && (
        <Alert type="error" header="The nodes are not set">
          {sentence(plan.problem)}
        </Alert>
      )}
      {plan.unplaced.length > 0 && (
        <Alert type="warning" header="Some workers find no place">
          {plan.unplaced.map(sentence).join(' ')}
        </Alert>
      )}
      <ResourceTable
        rows={read(plan.nodePools)}
        noun="node pool"
        title="Node pools"
        description={
          plan.decidedAt ? (
            <>
              Decided <Time at={plan.decidedAt} />
              {plan.isCarriedOut ? '' : '; shown only, the cluster itself sets its nodes'}.
            </>
          ) : (
            'Nothing is decided yet.'
          )
        }
        id={each => each.name}
        text={each => each.name}
        filtersFrom={8}
        empty={{ words: 'The cluster has told of no node pool yet.' }}
        columns={[
          { id: 'name', header: 'Pool', isRowHeader: true, cell: each => each.name },
          { id: 'machine', header: 'Machine', cell: each => each.nodeInstanceType },
          { id: 'fits', header: 'Worker types', cell: each => machines(each.name) },
          {
            id: 'nodes',
            header: 'Nodes',
            cell: each =>
              each.currentNodeCount === each.targetNodeCount
                ? each.currentNodeCount
                : `${each.currentNodeCount} → ${each.targetNodeCount}`,
          },
          {
            id: 'action',
            header: 'Next',
            cell: each => <StatusIndicator type={ACTIONS[each.action][0]}>{ACTIONS[each.action][1]}</StatusIndicator>,
          },
          { id: 'why', header: 'Why', minWidth: 260, cell: each => sentence(each.reason) },
        ]}
      />
      <ResourceTable
        rows={read(plan.proposals)}
        noun="proposal"
        title="Nodes that could be emptied"
        description="Their workers would fit on the other nodes. No task is ever ended for it."
        id={each => each.node}
        text={each => each.node}
        filtersFrom={8}
        empty={{ words: 'None: what runs needs the nodes that there are.' }}
        columns={[
          { id: 'node', header: 'Node', isRowHeader: true, cell: each => each.node },
          { id: 'pool', header: 'Pool', cell: each => each.nodePool },
          { id: 'saved', header: 'Saves', cell: each => `${each.savedNodeHoursPerDay.toFixed(1)} node hours a day` },
          { id: 'why', header: 'Why', minWidth: 260, cell: each => sentence(each.reason) },
        ]}
      />
    </SpaceBetween>
  );
}
