import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useDeployments } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Status } from '~/pages/deployments/Status';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { PageTabs } from '~/parts/PageTabs';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { type Cluster, Health, troubles } from './Health';
import { Nodes } from './Nodes';

const TRAIL = [{ text: 'Clusters', href: '/clusters' }];

export function ClusterPage() {
  const { clusterId } = useParams({ strict: false }) as { clusterId: string };
  const { organizationId } = useSelf();
  const path = { organizationId, clusterId };
  const query = useQuery({
    queryKey: ['cluster', organizationId, clusterId],
    queryFn: () => told(api.GET('/organizations/{organizationId}/clusters/{clusterId}', { params: { path } })),
    refetchInterval: 10_000,
  });
  if (!query.data) return <PageState query={query} noun="cluster" trail={TRAIL} />;
  const cluster = query.data;
  const why = troubles(cluster);
  return (
    <Page title={cluster.name} trail={TRAIL}>
      {why.length > 0 && (
        <Alert type={cluster.healthStatus.details.some(each => each.severity === 'critical') ? 'error' : 'warning'}>
          {why.join(' ')}
        </Alert>
      )}
      <Facts
        facts={[
          { label: 'Health', value: <Health of={cluster} /> },
          { label: 'Region', value: `${cluster.cloudProvider} ${cluster.region}` },
          { label: 'Since', value: <Time at={cluster.createdAt} /> },
          { label: 'Id', value: cluster.id, isCopied: true },
        ]}
      />
      <PageTabs
        ariaLabel="The cluster"
        tabs={[
          { id: 'deployments', label: 'Deployments', content: <Placed cluster={cluster} /> },
          { id: 'nodes', label: 'Nodes', content: <Nodes cluster={cluster} /> },
        ]}
      />
    </Page>
  );
}

/** The Organization's Deployments on a cluster. */
function Placed({ cluster }: { cluster: Cluster }) {
  const deployments = useDeployments();
  return (
    <ResourceTable
      rows={{ ...deployments, data: deployments.data?.filter(each => each.clusterId === cluster.id) }}
      noun="Deployment"
      title="Deployments"
      id={each => each.id}
      text={each => [each.name, each.workspaceName, each.status].join(' ')}
      sortedBy="name"
      filtersFrom={8}
      empty={{ words: 'No Deployment of yours runs here.' }}
      columns={[
        {
          id: 'name',
          header: 'Name',
          sortingField: 'name',
          isRowHeader: true,
          cell: each => <Go to={`/deployments/${each.id}`}>{each.name}</Go>,
        },
        { id: 'status', header: 'Status', sortingField: 'status', cell: each => <Status of={each} /> },
        {
          id: 'workspace',
          header: 'Workspace',
          sortingField: 'workspaceName',
          cell: each => <Go to={`/workspaces/${each.workspaceId}`}>{each.workspaceName}</Go>,
        },
      ]}
    />
  );
}
