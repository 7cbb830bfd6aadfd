import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Standing } from './history';

const LOOKS: Record<Standing, [StatusIndicatorProps.Type, string]> = {
  live: ['success', 'Live'],
  'going live': ['in-progress', 'Going live'],
  earlier: ['stopped', 'Earlier'],
  failed: ['error', 'Failed'],
  unfinished: ['pending', 'Not finished'],
};

export function DeployStanding({ of: standing = 'earlier' }: { of: Standing | undefined }) {
  const [type, words] = LOOKS[standing];
  return <StatusIndicator type={type}>{words}</StatusIndicator>;
}
