import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { cache } from '~/api/client';
import { router } from '~/app/router';
import { type Self, SelfContext } from '~/app/self';

export const self = { id: 'u1', username: 'ada@example.com', fullName: 'Ada Byron', organizationId: 'o1' } as Self;

/** The console as somebody sees it who has signed in and opened this address. */
export async function open(href: string) {
  router.history.push(href);
  return render(
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={cache}>
        <SelfContext.Provider value={self}>
          <RouterProvider router={router} />
        </SelfContext.Provider>
      </QueryClientProvider>
    </I18nProvider>,
  );
}

/** Where one is now. */
export const here = () => router.state.location.href;
