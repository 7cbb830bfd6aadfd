import Box from '@cloudscape-design/components/box';
import type { ReactNode } from 'react';

/** A quieter line beneath the name of a row. */
export function Beneath({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <Box variant="small" display="block" color="text-body-secondary">
      {children}
    </Box>
  );
}
