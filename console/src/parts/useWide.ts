import { useSyncExternalStore } from 'react';

const wide = matchMedia('(min-width: 912px)');

/** Whether there is room for a table of many columns. */
export const useWide = () =>
  useSyncExternalStore(
    listener => {
      wide.addEventListener('change', listener);
      return () => wide.removeEventListener('change', listener);
    },
    () => wide.matches,
  );
