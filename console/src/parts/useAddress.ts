import { useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback } from 'react';

type Words = Record<string, string>;

/**
 * What the address says behind its `?`, as words; and a way to change some of them, where an empty one goes.
 *
 * What is on screen can so be sent to somebody. A change replaces the address: a filter is no page to come back to.
 */
export function useAddress(): [Words, (change: Words) => void] {
  const router = useRouter();
  const search = useRouterState({ select: state => state.location.searchStr });
  const set = useCallback(
    (change: Words) => {
      const { pathname, searchStr } = router.state.location;
      const words = new URLSearchParams(searchStr);
      for (const [name, value] of Object.entries(change)) {
        if (value) words.set(name, value);
        else words.delete(name);
      }
      void router.navigate({ href: words.size ? `${pathname}?${words}` : pathname, replace: true, resetScroll: false });
    },
    [router],
  );
  return [Object.fromEntries(new URLSearchParams(search)), set];
}
