import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { FormModal } from '~/parts/FormModal';
import { type Grant, KINDS, withGrant } from '~/parts/grants/grants';
import { RoleSelect } from '~/parts/RoleSelect';
import { useAttempt } from '~/parts/useAttempt';
import { HolderField } from './HolderField';
import type { Holder } from './holders';

interface Props {
  deployment: Schemas['Deployment'];
  holders: Holder[];
  onClose: () => void;
}

type Kind = 'DEPLOYMENT' | 'DAG' | 'DAG_TAG';

/** Gives somebody a role on the Deployment, on one DAG or on the DAGs of a tag. */
export function AddHolder({ deployment, holders, onClose }: Props) {
  const attempt = useAttempt();
  const [holder, setHolder] = useState<Holder>();
  const [kind, setKind] = useState<Kind>('DEPLOYMENT');
  const [name, setName] = useState('');
  const [role, setRole] = useState<string | null>('DEPLOYMENT_ADMIN');
  const onDags = kind !== 'DEPLOYMENT';
  const submit = async () => {
    if (!holder || !role) return;
    const grant: Grant = {
      entityType: kind,
      entityId: onDags ? name.trim() : deployment.id,
      deploymentId: onDags ? deployment.id : null,
      role,
    };
    const worked = await attempt.run(
      () => holder.save(withGrant(holder.grants, grant)),
      `${holder.name} has the role from the next request on.`,
    );
    if (worked) onClose();
  };
  return (
    <FormModal
      title={`Give access to ${deployment.name}`}
      verb="Give access"
      attempt={attempt}
      disabled={!holder || !role || (onDags && !name.trim())}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <HolderField label="Who" holders={holders} value={holder} onChange={setHolder} />
      <FormField label="On">
        <RadioGroup
          value={kind}
          onChange={event => {
            const next = event.detail.value as Kind;
            setKind(next);
            setRole(next === 'DEPLOYMENT' ? 'DEPLOYMENT_ADMIN' : 'DAG_VIEWER');
          }}
          items={[
            { value: 'DEPLOYMENT', label: 'The whole Deployment' },
            { value: 'DAG', label: 'One DAG' },
            { value: 'DAG_TAG', label: 'The DAGs of a tag', description: 'Those to come too.' },
          ]}
        />
      </FormField>
      {onDags && (
        <FormField label={kind === 'DAG' ? 'DAG id' : 'Tag'}>
          <Input
            value={name}
            spellcheck={false}
            autoComplete={false}
            onChange={event => setName(event.detail.value)}
            placeholder={kind === 'DAG' ? 'weather_etl' : 'finance'}
          />
        </FormField>
      )}
      <FormField label="Role">
        <RoleSelect scope={KINDS[kind].scope} value={role} onChange={setRole} workspaceId={deployment.workspaceId} />
      </FormField>
    </FormModal>
  );
}
