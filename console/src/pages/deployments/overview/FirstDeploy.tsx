import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
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
        <Box variant="code">{command}</Box>{' '}
        <CopyToClipboard
          variant="icon"
          textToCopy={command}
          copyButtonAriaLabel="Copy the command"
          copySuccessText="Copied"
          copyErrorText="Could not be copied"
        />
      </Box>
    </Alert>
  );
}
