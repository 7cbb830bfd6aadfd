import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { PeopleSelect } from '~/parts/PeopleSelect';
import { RoleSelect } from '~/parts/RoleSelect';
import { useAttempt } from '~/parts/useAttempt';

type Role = Schemas['Team']['organizationRole'];

export function CreateTeam({ onClose, then }: { onClose: () => void; then: (team: Schemas['Team']) => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [organizationRole, setRole] = useState<Role>('ORGANIZATION_MEMBER');
  const [memberIds, setMembers] = useState<string[]>([]);
  const create = async () => {
    const body = { name: name.trim(), description, organizationRole, memberIds };
    then(await told(api.POST('/organizations/{organizationId}/teams', { params: { path: { organizationId } }, body })));
  };
  return (
    <FormModal
      title="Create a team"
      verb="Create"
      attempt={attempt}
      disabled={!name.trim()}
      onSubmit={() => void attempt.run(create, `The team ${name.trim()} is there.`)}
      onClose={onClose}
    >
      <FormField label="Name" errorText={attempt.failure?.field('name')}>
        <Input value={name} onChange={event => setName(event.detail.value)} autoFocus />
      </FormField>
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} />
      </FormField>
      <FormField
        label="Organization role"
        description="Roles on Workspaces and Deployments are given afterwards."
        errorText={attempt.failure?.field('organizationRole')}
      >
        <RoleSelect scope="ORGANIZATION" value={organizationRole} onChange={next => setRole(next as Role)} />
      </FormField>
      <FormField label="Members" errorText={attempt.failure?.field('memberIds')}>
        <PeopleSelect value={memberIds} onChange={setMembers} />
      </FormField>
    </FormModal>
  );
}
