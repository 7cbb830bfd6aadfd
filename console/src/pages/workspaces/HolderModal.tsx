import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { FormModal } from '~/parts/FormModal';
import { RoleSelect } from '~/parts/RoleSelect';
import { useAttempt } from '~/parts/useAttempt';

interface Props {
  noun: string;
  workspace: Schemas['Workspace'];
  /** Whose role is changed; without it somebody is added. */
  holder?: { id: string; name: string; role: string };
  choices: { value: string; label: string; description: string }[];
  save: (id: string, role: string) => Promise<unknown>;
  onClose: () => void;
}

/** Gives a person or a team a role on a Workspace. */
export function HolderModal({ noun, workspace, holder, choices, save, onClose }: Props) {
  const attempt = useAttempt();
  const [id, setId] = useState(holder?.id ?? '');
  const [role, setRole] = useState(holder?.role ?? 'WORKSPACE_MEMBER');
  return (
    <FormModal
      title={holder ? `Change the role of ${holder.name}` : `Add a ${noun} to ${workspace.name}`}
      verb={holder ? 'Change' : 'Add'}
      attempt={attempt}
      disabled={!id || !role}
      onClose={onClose}
      onSubmit={() =>
        void attempt.run(() => save(id, role), holder ? 'The role is changed.' : `The ${noun} is added.`, onClose)
      }
    >
      {!holder && (
        <FormField label={noun[0]!.toUpperCase() + noun.slice(1)}>
          <Select
            options={choices}
            selectedOption={choices.find(each => each.value === id) ?? null}
            onChange={event => setId(event.detail.selectedOption.value ?? '')}
            placeholder={`Choose a ${noun}`}
            empty={`There is no other ${noun}.`}
            filteringType={choices.length > 7 ? 'auto' : 'none'}
            expandToViewport
          />
        </FormField>
      )}
      <FormField label="Role">
        <RoleSelect scope="WORKSPACE" value={role} onChange={setRole} />
      </FormField>
    </FormModal>
  );
}
