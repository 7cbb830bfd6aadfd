import { useQueries, useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { roleName, type RoleScope, useCustomRoles } from '~/parts/roles';

export type CustomRole = Schemas['RoleWithPermission'];

/** A column of the matrix. */
export interface Column {
  name: string;
  scope: RoleScope;
  permissions: ReadonlySet<string>;
  custom?: CustomRole;
}

/** Every role with its permissions: the built-in ones, the humblest first, and then the custom ones. */
export function useAllRoles() {
  const { organizationId } = useSelf();
  const builtIn = useQuery({
    queryKey: ['default-roles', organizationId],
    queryFn: async () => {
      const query = { includeDefaultRoles: true, limit: 1 };
      const params = { path: { organizationId }, query };
      return (await told(api.GET('/organizations/{organizationId}/roles', { params }))).defaultRoles ?? [];
    },
    staleTime: 60_000,
  });
  const listed = useCustomRoles();
  const custom = useQueries({
    queries: (listed.data ?? []).map(each => ({
      queryKey: ['role', organizationId, each.id, each.updatedAt],
      queryFn: () =>
        told(
          api.GET('/organizations/{organizationId}/roles/{roleId}', {
            params: { path: { organizationId, roleId: each.id } },
          }),
        ),
      // a change is another key, so what was read stays true; of a role that is gone nothing is asked
      staleTime: 'static' as const,
    })),
  });
  const columns: Column[] = [
    ...(builtIn.data ?? []).toReversed().map(each => ({
      name: roleName(each.name),
      scope: each.scopeType as RoleScope,
      permissions: new Set(each.permissions),
    })),
    ...custom
      .flatMap(each => each.data ?? [])
      .map(each => ({ name: each.name, scope: each.scopeType, permissions: new Set(each.permissions), custom: each })),
  ];
  return { builtIn, listed, columns };
}
