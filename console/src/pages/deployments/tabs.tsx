import { type ComponentType, lazy } from 'react';
import type { Schemas } from '~/api/client';

export interface TabProps {
  deployment: Schemas['Deployment'];
  /** What follows the tab in the address, such as `my_dag/runs` in `/deployments/<id>/dags/my_dag/runs`; empty for the tab itself. */
  rest: string;
}

interface Tab {
  /** Its place in the address; the overview has none. */
  id: string;
  title: string;
  Content: ComponentType<TabProps>;
}

/** `fetch` is an import of a file with a component of this name, which takes `TabProps`. */
function tab<N extends string>(
  id: string,
  title: string,
  fetch: () => Promise<Record<N, ComponentType<TabProps>>>,
  name: N,
): Tab {
  return { id, title, Content: lazy<ComponentType<TabProps>>(async () => ({ default: (await fetch())[name] })) };
}

/** The sides of a Deployment, in the order in which they are shown; each is fetched when it is first opened. */
export const TABS: readonly Tab[] = [
  tab('', 'Overview', () => import('./overview/Overview'), 'Overview'),
  tab('dags', 'DAGs', () => import('./dags/Dags'), 'Dags'),
  tab('deploys', 'Deploys', () => import('./deploys/Deploys'), 'Deploys'),
  tab('queues', 'Worker queues', () => import('./queues/Queues'), 'Queues'),
  tab('logs', 'Logs', () => import('./logs/Logs'), 'Logs'),
  tab('environment', 'Environment', () => import('./environment/Environment'), 'Environment'),
  tab('access', 'Access', () => import('./access/Access'), 'Access'),
  tab('details', 'Details', () => import('./details/Details'), 'Details'),
];
