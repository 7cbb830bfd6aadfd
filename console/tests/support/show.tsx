import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  type AnyRoute,
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { cache } from '~/api/client';
import { router as ours } from '~/app/router';
import { type Self, SelfContext } from '~/app/self';
import { Flashes } from '~/parts/flashes';

const SELF = { id: 'u-1', username: 'ada@example.com', fullName: 'Ada', organizationId: 'org-1' } as Self;
const current = { href: () => '' };

/** Shows a part of the console as it stands in the program: with its router, its client, and who has signed in. */
export function show(element: ReactNode, at = '/') {
  const component = () => (
    <>
      <Flashes />
      {element}
    </>
  );
  start(createRootRoute({ component }), at);
}

/** The whole console, with its own routes, as somebody sees it who has signed in and opened this address. */
export const open = (href: string) => start(ours.routeTree, href);

function start(routeTree: AnyRoute, at: string) {
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [at] }) });
  current.href = () => router.state.location.href;
  cleanup(); // there is one page at a time
  render(
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={cache}>
        <SelfContext.Provider value={SELF}>
          <RouterProvider router={router as never} />
        </SelfContext.Provider>
      </QueryClientProvider>
    </I18nProvider>,
  );
}

/** Where one is now. */
export const here = () => current.href();

/** The dialog that is open. */
export const dialog = () => within(screen.getByRole('dialog'));

/** The row of a table in which these words stand, as soon as it is there. */
export const rowOf = async (words: string) => within((await screen.findByText(words)).closest('tr')!);

/** Chooses in a select, or ticks in one of many choices, what begins with these words. */
export async function choose(select: HTMLElement, words: string) {
  await userEvent.click(select);
  await userEvent.click(await screen.findByRole('option', { name: new RegExp(`^${words}`) }));
}
