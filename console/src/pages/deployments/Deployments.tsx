import SpaceBetween from '@cloudscape-design/components/space-between';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { Choice } from '~/parts/Choice';
import { Go, GoButton } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { useUrlParam } from '~/parts/useUrlParam';
import { DeploymentMenu } from './actions/DeploymentMenu';
import { OpenAirflow } from './actions/OpenAirflow';
import { Sparkline } from './Sparkline';
import { LOOKS, Status } from './Status';

const STATUSES = [
  { value: '', label: 'Any status' },
  ...Object.entries(LOOKS).map(([value, [, label]]) => ({ value, label })),
];

/** `?workspace=<id>` and `?status=HEALTHY` show only some. */
export function Deployments() {
  const [deployments, workspaces] = [useDeployments(), useWorkspaces()];
  const [workspace, setWorkspace] = useUrlParam('workspace');
  const [status, setStatus] = useUrlParam('status');
  const shown = deployments.data?.filter(
    each => (!workspace || each.workspaceId === workspace) && (!status || each.status === status),
  );
  const isFiltered = !!(workspace || status);
  return (
    <Page
      title="Deployments"
      description="Each is an Apache Airflow of its own, with its own workers, database and address."
    >
      <ResourceTable
        rows={{ ...deployments, data: shown }}
        noun="Deployment"
        id={each => each.id}
        text={each => [each.name, each.workspaceName, each.clusterName, LOOKS[each.status][1], each.id].join(' ')}
        sortedBy="name"
        actions={
          <GoButton variant="primary" to={workspace ? `/deployments/new?workspace=${workspace}` : '/deployments/new'}>
            Create Deployment
          </GoButton>
        }
        filters={
          (isFiltered || (deployments.data?.length ?? 0) > 0) && (
            <SpaceBetween direction="horizontal" size="xs">
              <Choice
                ariaLabel="Workspace"
                value={workspace}
                onChange={setWorkspace}
                options={[
                  { value: '', label: 'Any Workspace' },
                  ...(workspaces.data ?? []).map(each => ({ value: each.id, label: each.name })),
                ]}
              />
              <Choice ariaLabel="Status" value={status} onChange={setStatus} options={STATUSES} />
            </SpaceBetween>
          )
        }
        empty={
          isFiltered
            ? { words: 'No Deployment is like that.', action: <GoButton to="/deployments">Clear the filters</GoButton> }
            : {
                words: 'No Deployment yet.',
                action: <GoButton to="/deployments/new">Create the first one</GoButton>,
              }
        }
        columns={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'name',
            isRowHeader: true,
            minWidth: 140,
            cell: each => <Go to={`/deployments/${each.id}`}>{each.name}</Go>,
          },
          {
            id: 'status',
            header: 'Status',
            sortingField: 'status',
            minWidth: 150,
            cell: each => <Status of={each} />,
          },
          { id: 'chart', header: 'Tasks, last 6 hours', minWidth: 150, cell: each => <Sparkline deployment={each} /> },
          {
            id: 'workspace',
            header: 'Workspace',
            sortingField: 'workspaceName',
            minWidth: 110,
            cell: each => <Go to={`/workspaces/${each.workspaceId}`}>{each.workspaceName}</Go>,
          },
          { id: 'airflow', header: 'Airflow', sortingField: 'airflowVersion', cell: each => each.airflowVersion },
          {
            id: 'updated',
            header: 'Changed',
            sortingField: 'updatedAt',
            minWidth: 120,
            cell: each => <Time at={each.updatedAt} />,
          },
          {
            id: 'actions',
            header: 'Actions',
            minWidth: 90,
            cell: each => (
              <SpaceBetween direction="horizontal" size="xxs">
                <OpenAirflow deployment={each} isSmall />
                <DeploymentMenu deployment={each} variant="inline-icon" />
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}
