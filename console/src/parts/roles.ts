import type { SelectProps } from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { every } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';

export type RoleScope = 'ORGANIZATION' | 'WORKSPACE' | 'DEPLOYMENT' | 'DAG';
export type CustomRole = Schemas['Role'];

/** The roles that are always there, the humblest of a scope first, in words for whoever chooses one. */
export const BUILT_IN: Record<RoleScope, Record<string, string>> = {
  ORGANIZATION: {
    ORGANIZATION_MEMBER: 'Belongs here and sees who else does; Workspaces are given apart',
    ORGANIZATION_OBSERVE_MEMBER: 'A Member who also reads what is observed',
    ORGANIZATION_OBSERVE_ADMIN: 'A Member who also sets up what is observed',
    ORGANIZATION_BILLING_ADMIN: 'A Member who also sees usage and bills',
    ORGANIZATION_OWNER: 'Everything, in every Workspace',
  },
  WORKSPACE: {
    WORKSPACE_ACCESSOR: 'Knows that the Workspace is there, no more',
    WORKSPACE_MEMBER: 'Looks at Deployments, DAGs and logs',
    WORKSPACE_AUTHOR: 'Deploys code and runs DAGs',
    WORKSPACE_OPERATOR: 'Creates, changes and deletes Deployments',
    WORKSPACE_OWNER: 'Everything in the Workspace, and who may use it',
  },
  DEPLOYMENT: {
    DEPLOYMENT_ACCESSOR: 'Knows that the Deployment is there, no more',
    DEPLOYMENT_ADMIN: 'Everything about one Deployment',
  },
  DAG: {
    DAG_VIEWER: 'Looks at a DAG, its runs, logs and code',
    DAG_AUTHOR: 'Also triggers, pauses, clears and changes it',
  },
};

const SMALL_WORDS: Record<string, string> = { Dag: 'DAG' };

/** A role as people say it: `WORKSPACE_OWNER` is "Workspace Owner"; a custom role is called what its makers call it. */
export function roleName(role: string | null | undefined): string {
  if (!role) return 'No role';
  const isBuiltIn = Object.values(BUILT_IN).some(each => role in each);
  if (!isBuiltIn) return role;
  const words = role.split('_').map(each => each[0] + each.slice(1).toLowerCase());
  return words.map(each => SMALL_WORDS[each] ?? each).join(' ');
}

/** The custom roles of the Organization. Who may not read them chooses among the built-in ones. */
export function useCustomRoles() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['roles', organizationId],
    queryFn: () =>
      every('roles', query =>
        api.GET('/organizations/{organizationId}/roles', { params: { path: { organizationId }, query } }),
      ),
    staleTime: 30_000,
  });
}

/**
 * What somebody can be granted on a kind of thing, for a select: built-in roles and, on Deployments and DAGs, custom ones.
 *
 * With a Workspace, those that are restricted to other Workspaces are left out.
 */
export function useRoles(scope: RoleScope, workspaceId?: string): SelectProps.Options {
  const custom = useCustomRoles();
  const builtIn = Object.entries(BUILT_IN[scope]).map(([value, description]) => ({
    value,
    label: roleName(value),
    description,
  }));
  const own = (custom.data ?? [])
    .filter(each => each.scopeType === scope && countsIn(each, workspaceId))
    .map(each => ({ value: each.name, label: each.name, description: each.description || 'A role of your own' }));
  if (own.length === 0) return builtIn;
  return [
    { label: 'Built in', options: builtIn },
    { label: 'Your own', options: own },
  ];
}

const countsIn = (role: CustomRole, workspaceId?: string) =>
  !workspaceId || role.restrictedWorkspaceIds.length === 0 || role.restrictedWorkspaceIds.includes(workspaceId);
