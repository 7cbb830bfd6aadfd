import Badge from '@cloudscape-design/components/badge';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';

type Status = Schemas['Deployment']['status'];

export const LOOKS: Record<Status, [StatusIndicatorProps.Type, string]> = {
  HEALTHY: ['success', 'Healthy'],
  UNHEALTHY: ['error', 'Unhealthy'],
  CREATING: ['in-progress', 'Creating'],
  DEPLOYING: ['in-progress', 'Deploying'],
  HIBERNATING: ['stopped', 'Asleep'],
  UNKNOWN: ['pending', 'Unknown'],
};

/** How a Deployment stands, and how many things are wrong with it. */
export function Status({ of: deployment }: { of: Pick<Schemas['Deployment'], 'status' | 'deploymentHealthStatus'> }) {
  const [type, words] = LOOKS[deployment.status] ?? ['pending', deployment.status];
  const wrong = deployment.deploymentHealthStatus.incidents.length;
  return (
    <>
      <StatusIndicator type={type}>{words}</StatusIndicator>
      {wrong > 0 && (
        <>
          {' '}
          <Badge color="severity-high">{wrong === 1 ? '1 incident' : `${wrong} incidents`}</Badge>
        </>
      )}
    </>
  );
}
