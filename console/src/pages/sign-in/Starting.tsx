import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import { FailureNote } from '~/parts/FailureNote';
import { Alone } from './Alone';

export function Starting() {
  return (
    <Alone>
      <Box textAlign="center" color="text-body-secondary">
        <Spinner size="large" />
        <Box padding={{ top: 's' }}>One moment …</Box>
      </Box>
    </Alone>
  );
}

export function CannotStart({ why, onRetry }: { why: unknown; onRetry?: () => void }) {
  return (
    <Alone>
      <FailureNote title="The console cannot start" thrown={why} onRetry={onRetry ?? (() => location.reload())} />
    </Alone>
  );
}
