import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { cache } from '~/api/client';
import { router as ours } from '~/app/router';
import { type Self, SelfContext } from '~/app/self';

const SELF = { id: 'u1', username: 'ada@example.com', fullName: 'Ada Byron', organizationId: 'o1' } as Self;
const current = { router: ours as { state: { location: { href: string } } } };

/** The whole console, with its own routes, as somebody sees it who has signed in and opened this address. */
export function open(href: string) {
  const router = createRouter({
    routeTree: ours.routeTree,
    history: createMemoryHistory({ initialEntries: [href] }),
  });
  current.router = router;
  render(
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={cache}>
        <SelfContext.Provider value={SELF}>
          <RouterProvider router={router as never} />
        </SelfContext.Provider>
      </QueryClientProvider>
    </I18nProvider>,
  );
  return router;
}

/** Where one is now. */
export const here = () => current.router.state.location.href;
