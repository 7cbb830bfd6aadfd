import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useTeams, useTokens, useUsers } from '~/api/lists';
import { bodyOf, type Grant, grantsOf } from '~/parts/grants/grants';

/** Somebody who can hold roles, whatever they are. */
export interface Holder {
  id: string;
  is: 'person' | 'team' | 'token';
  name: string;
  beneath: string;
  href: string;
  grants: Grant[];
  /** Says all that they hold from now on. */
  save: (grants: Grant[]) => Promise<unknown>;
}

const ROOT = '/organizations/{organizationId}';

/** Everybody, in one list; `failure` is why a part of it could not be read. */
export function useHolders(organizationId: string) {
  const [users, teams, tokens] = [useUsers(), useTeams(), useTokens()];
  const queries = [users, teams, tokens];
  const holders = [
    ...(users.data ?? []).map(each => person(organizationId, each)),
    ...(teams.data ?? []).map(each => team(organizationId, each)),
    ...(tokens.data ?? []).map(each => token(organizationId, each)),
  ];
  return {
    data: queries.some(each => each.data) ? holders : undefined,
    error: queries.find(each => each.error)?.error ?? null,
    isPending: queries.some(each => each.isPending),
    refetch: () => Promise.all(queries.map(each => each.refetch())),
  };
}

const person = (organizationId: string, user: Schemas['User']): Holder => ({
  id: user.id,
  is: 'person',
  name: user.fullName || user.username,
  beneath: user.username,
  href: `/people/${user.id}`,
  grants: grantsOf(user, organizationId),
  save: grants =>
    told(
      api.POST(`${ROOT}/users/{userId}/roles`, {
        params: { path: { organizationId, userId: user.id } },
        body: bodyOf(grants),
      }),
    ),
});

const team = (organizationId: string, each: Schemas['Team']): Holder => ({
  id: each.id,
  is: 'team',
  name: each.name,
  beneath: each.description,
  href: `/teams/${each.id}`,
  grants: grantsOf(each, organizationId),
  save: grants => {
    const body = bodyOf(grants);
    return told(
      api.POST(`${ROOT}/teams/{teamId}/roles`, {
        params: { path: { organizationId, teamId: each.id } },
        body: { ...body, organizationRole: body.organizationRole ?? each.organizationRole },
      }),
    );
  },
});

const token = (organizationId: string, each: Schemas['ApiToken']): Holder => ({
  id: each.id,
  is: 'token',
  name: each.name,
  beneath: each.description,
  href: `/tokens/${each.id}`,
  grants: each.roles,
  save: roles =>
    told(
      api.POST(`${ROOT}/tokens/{tokenId}/roles`, {
        params: { path: { organizationId, tokenId: each.id } },
        body: { roles },
      }),
    ),
});

/** The roles that lie on a Deployment, or on DAGs in it. */
export const onDeployment = (grants: Grant[], deploymentId: string) =>
  grants.filter(each => (each.entityType === 'DEPLOYMENT' ? each.entityId : each.deploymentId) === deploymentId);
