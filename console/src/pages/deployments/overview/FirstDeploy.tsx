import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { Copied } from '~/parts/Copied';
import type { TabProps } from '../tabs';

/** What to do next with a Deployment that has no code yet. */
export function FirstDeploy({ deployment }: Pick<TabProps, 'deployment'>) {
  if (deployment.desiredDagTarballVersion || deployment.status === 'CREATING') return null;
  // by id: a name may hold what a shell understands otherwise
  const command = `orrery deploy ${deployment.id} --dags`;
  return (
    <Alert type="info" header="No code yet">
      <Box>
        Its Airflow is empty until a project is deployed. In the project’s folder run{' '}
        <Box variant="code">
          <Copied value={command} label="The command" />
        </Box>
      </Box>
    </Alert>
  );
}
