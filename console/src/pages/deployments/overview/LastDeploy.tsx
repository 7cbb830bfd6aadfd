import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { useLastDeploy } from '../useDeploys';

const LOOKS = {
  DEPLOYED: ['success', 'Deployed'],
  FAILED: ['error', 'Failed'],
  INITIALIZED: ['in-progress', 'Uploading'],
} as const;

export function LastDeploy({ deployment }: Pick<TabProps, 'deployment'>) {
  const deploy = useLastDeploy(deployment.id);
  if (deploy.error) return <>could not be read</>;
  if (deploy.isPending) return <>…</>;
  if (!deploy.data) return <>none yet</>;
  const [type, words] = LOOKS[deploy.data.status];
  return (
    <>
      <StatusIndicator type={type}>{words}</StatusIndicator>
      <Box variant="small" color="text-body-secondary" display="block">
        <Time at={deploy.data.createdAt} /> by {byWhom(deploy.data.createdBySubject)}
        {deploy.data.description && `: ${deploy.data.description}`}
      </Box>
    </>
  );
}
