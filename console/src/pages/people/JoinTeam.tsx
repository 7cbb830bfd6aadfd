import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useTeams } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import { nameOf, type Person } from './person';

interface Props {
  person: Person;
  /** Teams that they are in. */
  already: string[];
  onClose: () => void;
}

export function JoinTeam({ person, already, onClose }: Props) {
  const { organizationId } = useSelf();
  const teams = useTeams();
  const attempt = useAttempt();
  const [teamId, setTeamId] = useState('');
  const options = (teams.data ?? [])
    .filter(each => !already.includes(each.id))
    .map(each => ({ value: each.id, label: each.name, description: each.description }));
  const chosen = options.find(each => each.value === teamId);
  const join = () =>
    told(
      api.POST('/organizations/{organizationId}/teams/{teamId}/members', {
        params: { path: { organizationId, teamId } },
        body: { memberIds: [person.id] },
      }),
    );
  return (
    <FormModal
      title={`Add ${nameOf(person)} to a team`}
      verb="Add"
      attempt={attempt}
      disabled={!chosen}
      onClose={onClose}
      onSubmit={() => void attempt.run(join, `${nameOf(person)} is in ${chosen?.label}.`, onClose)}
    >
      <FormField label="Team">
        <Select
          options={options}
          selectedOption={chosen ?? null}
          onChange={event => setTeamId(event.detail.selectedOption.value ?? '')}
          placeholder="Choose a team"
          empty="There is no other team."
          filteringType={options.length > 7 ? 'auto' : 'none'}
          expandToViewport
        />
      </FormField>
    </FormModal>
  );
}
