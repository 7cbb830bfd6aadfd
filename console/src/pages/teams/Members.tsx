import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { membersOf } from '~/pages/people/memberships';
import { Beneath } from '~/parts/Beneath';
import { Confirm } from '~/parts/Confirm';
import { FormModal } from '~/parts/FormModal';
import { Go } from '~/parts/Go';
import { PeopleSelect } from '~/parts/PeopleSelect';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { useAttempt } from '~/parts/useAttempt';

type Member = Schemas['TeamMember'];

/** Who is in a team. */
export function Members({ team }: { team: Schemas['Team'] }) {
  const { organizationId } = useSelf();
  const members = useQuery(membersOf(organizationId, team.id));
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member>();
  const add = <Button onClick={() => setAdding(true)}>Add members</Button>;
  return (
    <>
      <ResourceTable
        rows={members}
        noun="member"
        title="Members"
        id={each => each.userId}
        text={each => [each.fullName, each.username].join(' ')}
        sortedBy="name"
        filtersFrom={8}
        empty={{ words: 'Nobody is in the team yet.' }}
        actions={add}
        columns={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'fullName',
            isRowHeader: true,
            cell: each => (
              <>
                <Go to={`/people/${each.userId}`}>{each.fullName || each.username}</Go>
                <Beneath>{each.username}</Beneath>
              </>
            ),
          },
          { id: 'since', header: 'Since', sortingField: 'createdAt', cell: each => <Time at={each.createdAt} /> },
          {
            id: 'actions',
            header: 'Actions',
            width: 60,
            cell: each => (
              <Button
                variant="inline-icon"
                iconName="remove"
                ariaLabel={`Take ${each.username} out of the team`}
                onClick={() => setLeaving(each)}
              />
            ),
          },
        ]}
      />
      {isAdding && (
        <AddMembers
          team={team}
          already={(members.data ?? []).map(each => each.userId)}
          onClose={() => setAdding(false)}
        />
      )}
      {leaving && (
        <Confirm
          title={`Take ${leaving.fullName || leaving.username} out of ${team.name}?`}
          verb="Take out"
          act={async () => {
            const path = { organizationId, teamId: team.id, memberId: leaving.userId };
            await told(
              api.DELETE('/organizations/{organizationId}/teams/{teamId}/members/{memberId}', { params: { path } }),
            );
          }}
          done={`${leaving.fullName || leaving.username} is out of the team.`}
          onClose={() => setLeaving(undefined)}
        >
          What the team may do, they may no longer do by it.
        </Confirm>
      )}
    </>
  );
}

function AddMembers({ team, already, onClose }: { team: Schemas['Team']; already: string[]; onClose: () => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [memberIds, setMembers] = useState<string[]>([]);
  const path = { organizationId, teamId: team.id };
  const add = () =>
    told(api.POST('/organizations/{organizationId}/teams/{teamId}/members', { params: { path }, body: { memberIds } }));
  return (
    <FormModal
      title={`Add members to ${team.name}`}
      verb="Add"
      attempt={attempt}
      disabled={memberIds.length === 0}
      onSubmit={() =>
        void attempt.run(
          add,
          memberIds.length === 1 ? 'One member is added.' : `${memberIds.length} members are added.`,
          onClose,
        )
      }
      onClose={onClose}
    >
      <FormField label="People" errorText={attempt.failure?.field('memberIds')}>
        <PeopleSelect value={memberIds} onChange={setMembers} without={already} />
      </FormField>
    </FormModal>
  );
}
