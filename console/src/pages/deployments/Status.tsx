import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';

type Status = Schemas['Deployment']['status'];

const LOOKS: Record<Status, [StatusIndicatorProps.Type, string]> = {
  HEALTHY: ['success', 'Healthy'],
  UNHEALTHY: ['error', 'Unhealthy'],
  CREATING: ['in-progress', 'Creating'],
  DEPLOYING: ['in-progress', 'Deploying'],
  HIBERNATING: ['stopped', 'Asleep'],
  UNKNOWN: ['pending', 'Unknown'],
} as Record<Status, [StatusIndicatorProps.Type, string]>;

export function Status({ of: deployment }: { of: Pick<Schemas['Deployment'], 'status' | 'statusReason'> }) {
  const [type, words] = LOOKS[deployment.status] ?? ['pending', deployment.status];
  return <StatusIndicator type={type}>{words}</StatusIndicator>;
}
