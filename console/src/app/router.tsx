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
  page('/deployments/new', () => import('~/pages/deployments/form/CreateDeployment'), 'CreateDeployment'),
  page('/deployments/$deploymentId/edit', () => import('~/pages/deployments/form/EditDeployment'), 'EditDeployment'),
  page('/deployments/$deploymentId', () => import('~/pages/deployments/DeploymentPage'), 'DeploymentPage'),
  page('/deployments/$deploymentId/$', () => import('~/pages/deployments/DeploymentPage'), 'DeploymentPage'),
  page('/environment', () => import('~/pages/environment/EnvironmentManager'), 'EnvironmentManager'),
  page('/environment/$objectId', () => import('~/pages/environment/ObjectPage'), 'ObjectPage'),
  // the Organization: who belongs to it, what they may do, and where it runs
  page('/people', () => import('~/pages/people/People'), 'People'),
  page('/people/$userId', () => import('~/pages/people/PersonPage'), 'PersonPage'),
  page('/teams', () => import('~/pages/teams/Teams'), 'Teams'),
  page('/teams/$teamId', () => import('~/pages/teams/TeamPage'), 'TeamPage'),
  page('/tokens', () => import('~/pages/tokens/Tokens'), 'Tokens'),
  page('/tokens/$tokenId', () => import('~/pages/tokens/TokenPage'), 'TokenPage'),
  page('/workspaces', () => import('~/pages/workspaces/Workspaces'), 'Workspaces'),
  page('/workspaces/$workspaceId', () => import('~/pages/workspaces/WorkspacePage'), 'WorkspacePage'),
  page('/roles', () => import('~/pages/roles/Roles'), 'Roles'),
  page('/audit-log', () => import('~/pages/audit/AuditLog'), 'AuditLog'),
  page('/settings', () => import('~/pages/settings/Settings'), 'Settings'),
  page('/clusters', () => import('~/pages/clusters/Clusters'), 'Clusters'),
  page('/clusters/$clusterId', () => import('~/pages/clusters/ClusterPage'), 'ClusterPage'),
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
