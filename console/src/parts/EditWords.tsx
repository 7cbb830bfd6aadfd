import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { FormModal } from './FormModal';
import { useAttempt } from './useAttempt';

interface Words {
  name: string;
  description: string;
}

interface Props {
  /** What is called so now. */
  before: Words;
  save: (words: Words) => Promise<unknown>;
  /** What is told when it worked. */
  done: string;
  onClose: () => void;
}

/** Changes what something is called and how it is described. */
export function EditWords({ before, save, done, onClose }: Props) {
  const attempt = useAttempt();
  const [name, setName] = useState(before.name);
  const [description, setDescription] = useState(before.description);
  return (
    <FormModal
      title={`Edit ${before.name}`}
      verb="Save"
      attempt={attempt}
      disabled={!name.trim()}
      onSubmit={() => void attempt.run(() => save({ name: name.trim(), description }), done, onClose)}
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
