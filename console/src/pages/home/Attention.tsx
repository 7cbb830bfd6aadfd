import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';
import { useLastDeploys } from '~/pages/deployments/useDeploys';
import { Go } from '~/parts/Go';
import { read, ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { type Matter, matters } from './matters';

const LOOKS = { critical: 'error', warning: 'warning', info: 'info' } as const;
const MOST = 50;
const worstFirst = (one: Matter, other: Matter) => one.rank - other.rank;

/** What somebody should look at, the worst first. */
export function Attention({ deployments }: { deployments: readonly Schemas['Deployment'][] }) {
  const deploys = useLastDeploys(deployments.slice(0, MOST).map(each => each.id));
  const found = matters(deployments, deploys);
  return (
    <ResourceTable<Matter>
      rows={read(found)}
      noun="matter"
      title="Needs attention"
      id={each => each.key}
      text={each => [each.deployment.name, each.what, each.why].join(' ')}
      filtersFrom={10}
      sortedBy="level"
      empty={{ words: 'Nothing. All is well.' }}
      columns={[
        {
          id: 'level',
          header: 'What',
          minWidth: 160,
          sortingComparator: worstFirst,
          cell: each => <StatusIndicator type={LOOKS[each.level]}>{each.what}</StatusIndicator>,
        },
        {
          id: 'deployment',
          header: 'Deployment',
          isRowHeader: true,
          minWidth: 120,
          cell: each => <Go to={`/deployments/${each.deployment.id}${each.tab}`}>{each.deployment.name}</Go>,
        },
        { id: 'why', header: 'Why', minWidth: 220, cell: each => each.why },
        { id: 'since', header: 'Since', minWidth: 110, cell: each => <Time at={each.since} /> },
      ]}
    />
  );
}
