import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { nameOf, type Person } from './person';

/** Removes a member, or whoever is invited and has not answered. */
export function RemovePerson({ person, onClose, then }: { person: Person; onClose: () => void; then?: () => unknown }) {
  const { organizationId } = useSelf();
  const name = nameOf(person);
  return (
    <Confirm
      title={`Remove ${name}?`}
      verb="Remove"
      act={async () => {
        const path = { organizationId, userId: person.id };
        await told(api.DELETE('/organizations/{organizationId}/users/{userId}', { params: { path } }));
      }}
      done={`${name} is removed.`}
      then={then}
      onClose={onClose}
    >
      {`${person.username} loses all roles and leaves all teams with the next request. API tokens stay: rotate or delete those that they know.`}
    </Confirm>
  );
}
