import Box from '@cloudscape-design/components/box';
import { useClusters, useDeployments } from '~/api/lists';
import { Beneath } from '~/parts/Beneath';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { Health, troubles } from './Health';

export function Clusters() {
  const [clusters, deployments] = [useClusters(), useDeployments()];
  return (
    <Page
      title="Clusters"
      description="What Deployments run on: Kubernetes clusters that you have, each with our agent in it."
    >
      <ResourceTable
        rows={clusters}
        noun="cluster"
        title="Clusters"
        id={each => each.id}
        text={each => [each.name, each.region, each.cloudProvider, each.status].join(' ')}
        sortedBy="name"
        empty={{ words: 'No cluster serves this Organization yet.', action: <Registering /> }}
        columns={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'name',
            isRowHeader: true,
            cell: each => <Go to={`/clusters/${each.id}`}>{each.name}</Go>,
          },
          {
            id: 'health',
            header: 'Health',
            cell: each => (
              <>
                <Health of={each} />
                <Beneath>{troubles(each).join(' ')}</Beneath>
              </>
            ),
          },
          {
            id: 'region',
            header: 'Region',
            sortingField: 'region',
            cell: each => `${each.cloudProvider} ${each.region}`,
          },
          {
            id: 'deployments',
            header: 'Deployments',
            cell: each => deployments.data?.filter(one => one.clusterId === each.id).length ?? '…',
          },
          {
            id: 'machines',
            header: 'Machines',
            cell: each => [...new Set(each.nodePools.map(pool => pool.nodeInstanceType))].join(', ') || '–',
          },
          { id: 'since', header: 'Since', sortingField: 'createdAt', cell: each => <Time at={each.createdAt} /> },
        ]}
      />
    </Page>
  );
}

/** A cluster is registered where it is, by whoever runs the installation: no request of the API does it. */
function Registering() {
  return (
    <Box color="text-body-secondary">
      Whoever runs this installation registers one: they describe it in <Box variant="code">cluster.json</Box> and hand
      that to the function <Box variant="code">register_cluster</Box>. The guide is{' '}
      <Box variant="code">docs/registering-a-cluster.md</Box>. It shows up here as soon as it is known.
    </Box>
  );
}
