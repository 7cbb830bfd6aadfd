import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Broken } from './Broken';
import { NotThere } from './NotThere';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotThere, errorComponent: Broken });

/** A page is fetched when it is first opened. */
function page<P extends string>(path: P, fetch: () => Promise<{ [name: string]: unknown }>, name: string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(fetch as never, name as never),
  });
}

const ROUTES = [
  page('/', () => import('~/pages/home/Home'), 'Home'),
  page('/deployments', () => import('~/pages/deployments/Deployments'), 'Deployments'),
  page('/deployments/$deploymentId', () => import('~/pages/deployments/DeploymentPage'), 'DeploymentPage'),
  page('/deployments/$deploymentId/$', () => import('~/pages/deployments/DeploymentPage'), 'DeploymentPage'),
  // the Organization: who belongs to it, what they may do, and where it runs
  page('/people', () => import('~/pages/people/People'), 'People'),
  page('/people/$userId', () => import('~/pages/people/PersonPage'), 'PersonPage'),
];

export const router = createRouter({
  routeTree: root.addChildren(ROUTES),
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NotThere,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
