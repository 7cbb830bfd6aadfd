import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';
import { sentence } from '~/parts/FailureNote';

export type Cluster = Schemas['Cluster'];

const WORDS: Record<string, [StatusIndicatorProps.Type, string]> = {
  CREATING: ['in-progress', 'Being registered'],
  CREATE_FAILED: ['error', 'Could not be registered'],
  UPDATING: ['in-progress', 'Being registered again'],
  UPDATE_FAILED: ['warning', 'Could not be registered again'],
};

/** How a cluster stands: what its registering came to, or else what its agent tells. */
export function Health({ of: cluster }: { of: Cluster }) {
  const known = WORDS[cluster.status];
  if (known) return <StatusIndicator type={known[0]}>{known[1]}</StatusIndicator>;
  if (cluster.healthStatus.value === 'HEALTHY') return <StatusIndicator type="success">Healthy</StatusIndicator>;
  if (cluster.healthStatus.value === 'UNHEALTHY') return <StatusIndicator type="error">Unhealthy</StatusIndicator>;
  return <StatusIndicator type="pending">Not heard yet</StatusIndicator>;
}

/** Why a cluster is not healthy, in sentences. */
export const troubles = (cluster: Cluster) => cluster.healthStatus.details.map(each => sentence(each.description));
