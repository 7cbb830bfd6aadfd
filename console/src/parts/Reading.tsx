import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';

/** In the place of what is being read. */
export function Reading({ words }: { words: string }) {
  return (
    <Box textAlign="center" color="text-body-secondary" padding={{ vertical: 'xl' }}>
      <output>
        <Spinner /> {words}
      </output>
    </Box>
  );
}
