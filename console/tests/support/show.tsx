import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { cache } from '~/api/client';
import { type Self, SelfContext } from '~/app/self';
import { Flashes } from '~/parts/flashes';

export const SELF = {
  id: 'user-1',
  username: 'ada@example.com',
  fullName: 'Ada',
  organizationId: 'org-1',
} as unknown as Self;

/** Shows a part of the console as it stands in the program: with its router, its client, and who has signed in. */
export function show(element: ReactNode, at = '/') {
  const root = createRootRoute({
    component: () => (
      <>
        <Flashes />
        {element}
      </>
    ),
  });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: [at] }) });
  render(
    <QueryClientProvider client={cache}>
      <SelfContext.Provider value={SELF}>
        <RouterProvider router={router as never} />
      </SelfContext.Provider>
    </QueryClientProvider>,
  );
  return router;
}
