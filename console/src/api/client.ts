import { QueryClient, type QueryKey } from '@tanstack/react-query';
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueries from 'openapi-react-query';
import { Failure } from './failure';
import type { components, paths } from './schema';
import type { Session } from './session';

export type Schemas = components['schemas'];

const session: { current: Session | undefined } = { current: undefined };

/** Every request of this page is made for this sign-in. */
export function actAs(current: Session): void {
  session.current = current;
}

export function signedIn(): Session {
  if (!session.current) throw new Error('nobody is signed in');
  return session.current;
}

const authorized: Middleware = {
  async onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${await signedIn().accessToken()}`);
    request.headers.set('x-orrery-client-identifier', 'console');
    return request;
  },
  async onResponse({ response }) {
    if (response.status === 401) signedIn().forget();
    if (!response.ok) throw await Failure.of(response);
  },
  onError({ error }) {
    return Failure.from(error);
  },
};

/** The API by its own document. A refusal is thrown as a `Failure`. */
export const api = createFetchClient<paths>({ baseUrl: `${location.origin}/v1`, fetch: request => fetch(request) });
api.use(authorized);

/** The same for components: `queries.useQuery('get', path, ...)`, `queries.useMutation('post', path)`. */
export const queries = createQueries(api);

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, thrown) => count < 2 && Failure.from(thrown).isPassing,
    },
  },
});

/** After a change: everything on screen that may look different now is read again. */
export const refresh = (...keys: QueryKey[]) =>
  keys.length ? Promise.all(keys.map(queryKey => cache.invalidateQueries({ queryKey }))) : cache.invalidateQueries();
