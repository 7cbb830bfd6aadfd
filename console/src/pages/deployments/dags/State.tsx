import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const LOOKS: Record<string, StatusIndicatorProps.Type> = {
  success: 'success',
  failed: 'error',
  upstream_failed: 'error',
  running: 'in-progress',
  restarting: 'in-progress',
  queued: 'pending',
  scheduled: 'pending',
  deferred: 'pending',
  up_for_retry: 'warning',
  up_for_reschedule: 'pending',
  skipped: 'stopped',
  removed: 'stopped',
};

/** A state of Airflow's as people say it. */
export function stateWords(state: string | null): string {
  if (!state) return 'Not started';
  const words = state.replaceAll('_', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

export function State({ of: state }: { of: string | null }) {
  return <StatusIndicator type={LOOKS[state ?? ''] ?? 'pending'}>{stateWords(state)}</StatusIndicator>;
}
