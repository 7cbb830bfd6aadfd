import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';

export type Group = Schemas['PermissionGroup'];

/** What can be allowed, by noun. It changes with the program alone. */
export function usePermissionGroups() {
  return useQuery({
    queryKey: ['permission-groups'],
    queryFn: () => told(api.GET('/authorization/permission-groups')),
    staleTime: Infinity,
  });
}

const VERBS: Record<string, string> = { get: 'see', update: 'change' };
export const verb = (action: string) => VERBS[action] ?? action;

/** `deployment.airflow.dagRun.create` out of its group and its action. */
export const permission = (group: Group, action: string) => `${group.scope}.${action}`;

/** The chapters of the matrix, by how the names of permissions begin; the first that fits. */
const AREAS: [string, string][] = [
  ['organization', 'Organization'],
  ['workspace', 'Workspaces'],
  ['deployment.airflow', 'Airflow'],
  ['deployment', 'Deployments'],
  ['dag.airflow', 'Single DAGs'],
];

const areaOf = (group: Group) => AREAS.find(([begin]) => group.scope.startsWith(begin))?.[1] ?? 'Others';

export function byArea(groups: Group[]): [string, Group[]][] {
  const order = [...AREAS.map(each => each[1]), 'Others'];
  return order
    .map((area): [string, Group[]] => [area, groups.filter(each => areaOf(each) === area)])
    .filter(([, found]) => found.length > 0);
}

const NOUNS: Record<string, string> = {
  organization: 'The Organization itself',
  workspace: 'The Workspace itself',
  deployment: 'The Deployment itself',
  allowedIpAddressRanges: 'Allowed IP ranges',
  apiTokens: 'API tokens',
  envObjects: 'Environment objects',
  astronomer: 'Platform pages',
  connection: 'Connections',
  dag: 'DAGs',
  dagCode: 'DAG code',
  dagDependencies: 'DAG dependencies',
  dagRun: 'DAG runs',
  datasets: 'Assets',
  importError: 'Import errors',
  job: 'Jobs',
  plugin: 'Plugins',
  pool: 'Pools',
  provider: 'Providers',
  slaMiss: 'SLA misses',
  taskInstance: 'Task instances',
  taskLog: 'Task logs',
  taskReschedule: 'Task reschedules',
  trigger: 'Triggers',
  variable: 'Variables',
  website: 'Airflow’s pages',
  xcom: 'XComs',
};

/** What a group is about, as people say it. */
export function nounOf(group: Pick<Group, 'scope'>): string {
  const last = group.scope.split('.').at(-1)!;
  const words = last.replace(/([A-Z])/g, letter => ` ${letter.toLowerCase()}`);
  return NOUNS[last] ?? words[0]!.toUpperCase() + words.slice(1);
}

/** The actions of a group that a set of permissions allows. */
export const allowedIn = (group: Group, permissions: ReadonlySet<string>) =>
  group.permissions.map(each => each.action).filter(action => permissions.has(permission(group, action)));

/** In a cell of the matrix: everything, nothing, or which of it. */
export function said(group: Group, permissions: ReadonlySet<string>): string {
  const allowed = allowedIn(group, permissions);
  if (allowed.length === 0) return '–';
  if (allowed.length === group.permissions.length && allowed.length > 1) return 'everything';
  return allowed.map(verb).join(', ');
}
