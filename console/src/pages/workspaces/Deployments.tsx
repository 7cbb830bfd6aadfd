import type { Schemas } from '~/api/client';
import { useDeployments } from '~/api/lists';
import { Status } from '~/pages/deployments/Status';
import { Go, GoButton } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';

/** The Deployments of one Workspace. */
export function Deployments({ workspace }: { workspace: Schemas['Workspace'] }) {
  const deployments = useDeployments();
  const create = `/deployments/new?workspace=${workspace.id}`;
  return (
    <ResourceTable
      rows={{ ...deployments, data: deployments.data?.filter(each => each.workspaceId === workspace.id) }}
      noun="Deployment"
      id={each => each.id}
      text={each => [each.name, each.status, each.clusterName].join(' ')}
      sortedBy="name"
      filtersFrom={8}
      empty={{ words: 'No Deployment in this Workspace yet.' }}
      actions={<GoButton to={create}>Create Deployment</GoButton>}
      columns={[
        {
          id: 'name',
          header: 'Name',
          sortingField: 'name',
          isRowHeader: true,
          cell: each => <Go to={`/deployments/${each.id}`}>{each.name}</Go>,
        },
        { id: 'status', header: 'Status', sortingField: 'status', cell: each => <Status of={each} /> },
        { id: 'airflow', header: 'Airflow', sortingField: 'airflowVersion', cell: each => each.airflowVersion },
        { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
      ]}
    />
  );
}
