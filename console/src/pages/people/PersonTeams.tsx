import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { every, told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { elsewhere, grantsOf } from '~/parts/grants/grants';
import { Go } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { JoinTeam } from './JoinTeam';
import { nameOf, type Person } from './person';

type Team = Schemas['UserTeamMembership'];

/** The teams of a person, and what each gives them. */
export function PersonTeams({ person }: { person: Person }) {
  const { organizationId } = useSelf();
  const [isJoining, setJoining] = useState(false);
  const [leaving, setLeaving] = useState<Team>();
  const path = { organizationId, userId: person.id };
  const teams = useQuery({
    queryKey: ['user-teams', organizationId, person.id],
    queryFn: () =>
      every('teams', query =>
        api.GET('/organizations/{organizationId}/users/{userId}/teams', { params: { path, query } }),
      ),
  });
  return (
    <>
      <ResourceTable
        rows={teams}
        noun="team"
        title="Teams"
        id={each => each.id}
        text={each => each.name}
        sortedBy="name"
        filtersFrom={8}
        empty={{ words: `${nameOf(person)} is in no team.` }}
        actions={<Button onClick={() => setJoining(true)}>Add to a team</Button>}
        columns={[
          {
            id: 'name',
            header: 'Team',
            sortingField: 'name',
            isRowHeader: true,
            cell: each => <Go to={`/teams/${each.id}`}>{each.name}</Go>,
          },
          { id: 'role', header: 'Organization role', cell: each => roleName(each.organizationRole) },
          { id: 'elsewhere', header: 'Other roles', cell: each => elsewhere(grantsOf(each, organizationId)) },
          {
            id: 'actions',
            header: 'Actions',
            width: 60,
            cell: each => (
              <Button
                variant="inline-icon"
                iconName="remove"
                ariaLabel={`Take ${nameOf(person)} out of ${each.name}`}
                onClick={() => setLeaving(each)}
              />
            ),
          },
        ]}
      />
      {isJoining && (
        <JoinTeam person={person} already={(teams.data ?? []).map(each => each.id)} onClose={() => setJoining(false)} />
      )}
      {leaving && (
        <Confirm
          title={`Take ${nameOf(person)} out of ${leaving.name}?`}
          verb="Take out"
          act={async () => {
            const member = { organizationId, teamId: leaving.id, memberId: person.id };
            const asked = api.DELETE('/organizations/{organizationId}/teams/{teamId}/members/{memberId}', {
              params: { path: member },
            });
            await told(asked);
          }}
          done={`${nameOf(person)} is out of ${leaving.name}.`}
          onClose={() => setLeaving(undefined)}
        >
          What the team may do, they may no longer do by it.
        </Confirm>
      )}
    </>
  );
}
