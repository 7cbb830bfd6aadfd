import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import { type Token } from './token';

export function EditToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [name, setName] = useState(token.name);
  const [description, setDescription] = useState(token.description);
  const path = { organizationId, tokenId: token.id };
  const save = () =>
    told(
      api.POST('/organizations/{organizationId}/tokens/{tokenId}', {
        params: { path },
        body: { name: name.trim(), description },
      }),
    );
  return (
    <FormModal
      title={`Edit ${token.name}`}
      verb="Save"
      attempt={attempt}
      disabled={!name.trim()}
      onSubmit={() => void attempt.run(save, 'The token is changed.', onClose)}
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
