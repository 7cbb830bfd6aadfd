import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { actAs, cache } from '~/api/client';
import { loadConfig } from '~/api/config';
import { Session } from '~/api/session';
import { CannotStart, Starting } from '~/pages/sign-in/Starting';
import { SignIn } from '~/pages/sign-in/SignIn';
import { router } from './router';
import { SelfGate } from './SelfGate';

type Stage =
  | { is: 'starting' }
  | { is: 'broken'; why: unknown }
  | { is: 'signed-out'; session: Session; why?: string }
  | { is: 'signed-in'; session: Session };

export function App() {
  const [stage, setStage] = useState<Stage>({ is: 'starting' });
  useEffect(() => {
    void start(setStage);
  }, []);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      {stage.is === 'starting' && <Starting />}
      {stage.is === 'broken' && <CannotStart why={stage.why} />}
      {stage.is === 'signed-out' && <SignIn session={stage.session} why={stage.why} />}
      {stage.is === 'signed-in' && (
        <QueryClientProvider client={cache}>
          <SelfGate>
            <RouterProvider router={router} />
          </SelfGate>
        </QueryClientProvider>
      )}
    </I18nProvider>
  );
}

let started: Promise<Stage> | undefined;

/** Once per page, though React mounts twice while developing: a code from the provider is good once. */
async function start(setStage: (stage: Stage) => void): Promise<void> {
  started ??= begin(setStage).catch(why => ({ is: 'broken', why }));
  setStage(await started);
}

async function begin(setStage: (stage: Stage) => void): Promise<Stage> {
  const session: Session = new Session(await loadConfig(), () => {
    cache.clear();
    setStage({ is: 'signed-out', session });
  });
  actAs(session);
  if (location.pathname === '/callback') {
    try {
      const target = await session.complete(new URLSearchParams(location.search));
      history.replaceState(null, '', target);
      await router.invalidate();
    } catch (thrown) {
      history.replaceState(null, '', '/');
      return { is: 'signed-out', session, why: (thrown as Error).message };
    }
  }
  return (await session.accessToken()) ? { is: 'signed-in', session } : { is: 'signed-out', session };
}
