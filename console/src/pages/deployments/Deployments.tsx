import { useDeployments } from '~/api/lists';
import { Go, GoButton } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { Status } from './Status';

export function Deployments() {
  const deployments = useDeployments();
  return (
    <Page
      title="Deployments"
      description="Each is an Apache Airflow of its own, with its own workers, database and address."
    >
      <ResourceTable
        rows={deployments}
        noun="Deployment"
        id={each => each.id}
        text={each => [each.name, each.workspaceName, each.clusterName, each.status, each.id].join(' ')}
        sortedBy="name"
        actions={
          <GoButton variant="primary" to="/deployments/new">
            Create Deployment
          </GoButton>
        }
        empty={{ words: 'No Deployment yet.', action: <GoButton to="/deployments/new">Create the first one</GoButton> }}
        columns={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'name',
            isRowHeader: true,
            cell: each => <Go to={`/deployments/${each.id}`}>{each.name}</Go>,
          },
          { id: 'status', header: 'Status', sortingField: 'status', cell: each => <Status of={each} /> },
          { id: 'workspace', header: 'Workspace', sortingField: 'workspaceName', cell: each => each.workspaceName },
          { id: 'airflow', header: 'Airflow', sortingField: 'airflowVersion', cell: each => each.airflowVersion },
          { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
        ]}
      />
    </Page>
  );
}
