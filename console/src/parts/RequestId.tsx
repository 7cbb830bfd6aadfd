import Box from '@cloudscape-design/components/box';
import type { Failure } from '~/api/failure';

/** What support needs to find a request in the logs. */
export function RequestId({ of: failure }: { of: Failure }) {
  if (!failure.requestId) return null;
  return (
    <Box variant="small" color="inherit" display="block">
      Request id: <Box variant="code">{failure.requestId}</Box>
    </Box>
  );
}
