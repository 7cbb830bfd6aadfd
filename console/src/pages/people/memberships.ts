import { useQueries } from '@tanstack/react-query';
import { every } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useTeams } from '~/api/lists';
import { useSelf } from '~/app/self';

export type Team = Schemas['Team'];

const MOST_TEAMS = 30;

/** Who is in one team. */
export function membersOf(organizationId: string, teamId: string) {
  return {
    queryKey: ['team-members', organizationId, teamId],
    queryFn: () =>
      every('teamMembers', query =>
        api.GET('/organizations/{organizationId}/teams/{teamId}/members', {
          params: { path: { organizationId, teamId }, query },
        }),
      ),
    staleTime: 30_000,
  };
}

/**
 * Teams by the person who is in them: a list of people does not say it, so each team is asked once.
 *
 * Undefined while it is being read, and in Organizations with more teams than one should ask for a column of a table.
 */
export function useMemberships(): Map<string, Team[]> | undefined {
  const { organizationId } = useSelf();
  const teams = useTeams().data;
  const asked = teams && teams.length <= MOST_TEAMS ? teams : [];
  const lists = useQueries({ queries: asked.map(each => membersOf(organizationId, each.id)) });
  if (!teams || teams.length > MOST_TEAMS || lists.some(each => !each.data)) return undefined;
  const found = new Map<string, Team[]>();
  asked.forEach((team, at) => {
    for (const { userId } of lists[at]!.data!) found.set(userId, [...(found.get(userId) ?? []), team]);
  });
  return found;
}
