import type { Schemas } from '~/api/client';
import { useClusters } from '~/api/lists';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Subject } from '~/parts/Subject';
import { Time } from '~/parts/Time';

export function Details({ workspace }: { workspace: Schemas['Workspace'] }) {
  const clusters = useClusters();
  const cluster = clusters.data?.find(each => each.id === workspace.defaultClusterId);
  return (
    <Facts
      title="Settings"
      facts={[
        { label: 'Deploys by pipelines only', value: workspace.cicdEnforcedDefault ? 'In new Deployments' : 'No' },
        {
          label: 'Cluster of new Deployments',
          value: cluster ? (
            <Go to={`/clusters/${cluster.id}`}>{cluster.name}</Go>
          ) : (
            (workspace.defaultRegion ?? 'Whichever has room')
          ),
        },
        { label: 'Made by', value: <Subject of={workspace.createdBy} /> },
        { label: 'Made', value: <Time at={workspace.createdAt} /> },
        { label: 'Changed by', value: <Subject of={workspace.updatedBy} /> },
        { label: 'Changed', value: <Time at={workspace.updatedAt} /> },
        { label: 'Id', value: workspace.id, isCopied: true },
      ]}
    />
  );
}
