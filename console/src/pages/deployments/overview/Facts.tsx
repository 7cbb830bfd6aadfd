import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Go } from '~/parts/Go';
import { EXECUTORS, SCHEDULERS, STYLES } from '../words';
import type { TabProps } from '../tabs';

/** What was asked for, in short; all of it is in the form. */
export function Facts({ deployment }: Pick<TabProps, 'deployment'>) {
  const { hibernationSpec, style } = deployment.scalingSpec ?? {};
  const rules = hibernationSpec?.schedules.filter(each => each.isEnabled).length ?? 0;
  const sleeps = [
    rules > 0 && (rules === 1 ? 'by a schedule' : `by ${rules} schedules`),
    hibernationSpec?.idle.isEnabled && `after ${hibernationSpec.idle.afterMinutes} idle minutes`,
  ].filter(Boolean);
  return (
    <Container
      header={
        <Header variant="h2" actions={<Go to={`/deployments/${deployment.id}/edit`}>Edit</Go>}>
          What it is
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Airflow', value: `${deployment.airflowVersion} (runtime ${deployment.runtimeVersion})` },
          { label: 'Executor', value: EXECUTORS[deployment.executor].name },
          { label: 'Scheduler', value: SCHEDULERS[deployment.schedulerSize] },
          { label: 'Scaling', value: STYLES[style ?? 'BALANCED'].name },
          {
            label: 'Workspace',
            value: <Go to={`/workspaces/${deployment.workspaceId}`}>{deployment.workspaceName}</Go>,
          },
          { label: 'Cluster', value: `${deployment.clusterName}, ${deployment.region}` },
          { label: 'Sleeps', value: sleeps.join(', ') || 'never by itself' },
          {
            label: 'Kind',
            value: [
              deployment.isDevelopmentMode ? 'development' : 'production',
              deployment.isHighAvailability && 'highly available',
              deployment.isCicdEnforced && 'deploys by API tokens only',
            ]
              .filter(Boolean)
              .join(', '),
          },
        ]}
      />
    </Container>
  );
}
