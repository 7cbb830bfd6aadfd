import type { Schemas } from '~/api/client';
import type { RoleScope } from '../roles';

/** One role on one thing, in the form in which tokens tell theirs. */
export type Grant = Schemas['ApiTokenRole'];
export type Kind = Grant['entityType'];

/** What users and teams hold, as the API tells it. */
export type Held = Pick<Schemas['User'], 'organizationRole' | 'workspaceRoles' | 'deploymentRoles' | 'dagRoles'>;

export const KINDS: Record<Kind, { label: string; scope: RoleScope }> = {
  ORGANIZATION: { label: 'Organization', scope: 'ORGANIZATION' },
  WORKSPACE: { label: 'Workspace', scope: 'WORKSPACE' },
  DEPLOYMENT: { label: 'Deployment', scope: 'DEPLOYMENT' },
  DAG: { label: 'DAG', scope: 'DAG' },
  DAG_TAG: { label: 'DAGs of a tag', scope: 'DAG' },
};

const grant = (entityType: Kind, entityId: string, role: string, deploymentId: string | null = null): Grant => ({
  entityType,
  entityId,
  deploymentId,
  role,
});

/** All that somebody holds, the widest first. */
export function grantsOf(held: Held, organizationId: string): Grant[] {
  return [
    ...(held.organizationRole ? [grant('ORGANIZATION', organizationId, held.organizationRole)] : []),
    ...held.workspaceRoles.map(each => grant('WORKSPACE', each.workspaceId, each.role)),
    ...held.deploymentRoles.map(each => grant('DEPLOYMENT', each.deploymentId, each.role)),
    ...held.dagRoles.map(each =>
      each.dagId
        ? grant('DAG', each.dagId, each.role, each.deploymentId)
        : grant('DAG_TAG', each.dagTag ?? '', each.role, each.deploymentId),
    ),
  ];
}

/** The same as the body of a change of a user's or a team's roles. */
export function bodyOf(grants: Grant[]): Schemas['UpdateUserRolesRequest'] {
  const on = (kind: Kind) => grants.filter(each => each.entityType === kind);
  return {
    organizationRole: on('ORGANIZATION')[0]?.role as Schemas['UpdateUserRolesRequest']['organizationRole'],
    workspaceRoles: on('WORKSPACE').map(each => ({
      workspaceId: each.entityId,
      role: each.role as Schemas['WorkspaceRole']['role'],
    })),
    deploymentRoles: on('DEPLOYMENT').map(each => ({ deploymentId: each.entityId, role: each.role })),
    dagRoles: [
      ...on('DAG').map(each => ({ deploymentId: each.deploymentId!, dagId: each.entityId, role: each.role })),
      ...on('DAG_TAG').map(each => ({ deploymentId: each.deploymentId!, dagTag: each.entityId, role: each.role })),
    ],
  };
}

const place = (each: Grant) => [each.entityType, each.deploymentId ?? '', each.entityId].join('/');

const samePlace = (one: Grant, other: Grant) => place(one) === place(other);

/** There is one role a place: the new one takes the place of the old one. */
export function withGrant(grants: Grant[], fresh: Grant): Grant[] {
  const there = grants.some(each => samePlace(each, fresh));
  return there ? grants.map(each => (samePlace(each, fresh) ? fresh : each)) : [...grants, fresh];
}

export const withoutGrant = (grants: Grant[], gone: Grant) => grants.filter(each => !samePlace(each, gone));

/** "2 Workspaces, 1 Deployment": what is held beside the role on the whole Organization, in a cell of a table. */
export function elsewhere(grants: Grant[]): string {
  const count = (kinds: Kind[], one: string) => {
    const found = grants.filter(each => kinds.includes(each.entityType)).length;
    return found ? [`${found} ${one}${found === 1 ? '' : 's'}`] : [];
  };
  const said = [
    ...count(['WORKSPACE'], 'Workspace'),
    ...count(['DEPLOYMENT'], 'Deployment'),
    ...count(['DAG', 'DAG_TAG'], 'DAG role'),
  ];
  return said.join(', ') || '–';
}
