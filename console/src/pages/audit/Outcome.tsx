import StatusIndicator from '@cloudscape-design/components/status-indicator';

/** How a request went. */
export function Outcome({ status }: { status: number }) {
  if (status < 400) return <StatusIndicator type="success">Done</StatusIndicator>;
  if (status >= 500) return <StatusIndicator type="error">Failed ({status})</StatusIndicator>;
  return <StatusIndicator type="warning">Refused ({status})</StatusIndicator>;
}
