import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';

export function EditTeam({ team, onClose }: { team: Schemas['Team']; onClose: () => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [name, setName] = useState(team.name);
  const [description, setDescription] = useState(team.description);
  const path = { organizationId, teamId: team.id };
  const save = () =>
    told(
      api.POST('/organizations/{organizationId}/teams/{teamId}', {
        params: { path },
        body: { name: name.trim(), description },
      }),
    );
  return (
    <FormModal
      title={`Edit ${team.name}`}
      verb="Save"
      attempt={attempt}
      disabled={!name.trim()}
      onSubmit={() => void attempt.run(save, 'The team is changed.', onClose)}
      onClose={onClose}
    >
      <FormField label="Name" errorText={attempt.failure?.field('name')}>
        <Input value={name} onChange={event => setName(event.detail.value)} autoFocus />
      </FormField>
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} />
      </FormField>
    </FormModal>
  );
}
