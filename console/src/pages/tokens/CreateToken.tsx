import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { RoleSelect } from '~/parts/RoleSelect';
import { useAttempt } from '~/parts/useAttempt';
import { DEFAULT_DAYS, ExpirySelect } from './ExpirySelect';
import { SCOPES, type Token } from './token';
import { TokenSecret } from './TokenSecret';

const HUMBLEST = {
  ORGANIZATION: 'ORGANIZATION_MEMBER',
  WORKSPACE: 'WORKSPACE_MEMBER',
  DEPLOYMENT: 'DEPLOYMENT_ADMIN',
};

interface Props {
  onClose: () => void;
  /** Where it is at home, if that is clear already. */
  home?: { scope: Token['scope']; entityId: string };
}

/** Makes a token, and shows its secret this once. */
export function CreateToken({ onClose, home }: Props) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const [made, setMade] = useState<Token>();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [scope, setScope] = useState<Token['scope']>(home?.scope ?? 'ORGANIZATION');
  const [entityId, setEntity] = useState(home?.entityId ?? '');
  const [role, setRole] = useState(HUMBLEST[scope]);
  const [days, setDays] = useState<number | null>(DEFAULT_DAYS);
  const places = { ORGANIZATION: [], WORKSPACE: workspaces.data ?? [], DEPLOYMENT: deployments.data ?? [] }[scope];
  const options = places.map(each => ({ value: each.id, label: each.name }));
  const create = async () => {
    const body = {
      name: name.trim(),
      description,
      scope,
      role,
      entityId: scope === 'ORGANIZATION' ? null : entityId,
      tokenExpiryPeriodInDays: days,
    };
    setMade(
      await told(api.POST('/organizations/{organizationId}/tokens', { params: { path: { organizationId } }, body })),
    );
  };
  if (made) return <TokenSecret token={made} onClose={onClose} />;
  const inside = scope === 'DEPLOYMENT' ? deployments.data?.find(each => each.id === entityId)?.workspaceId : undefined;
  return (
    <FormModal
      title="Create an API token"
      verb="Create"
      attempt={attempt}
      disabled={!name.trim() || !role || (scope !== 'ORGANIZATION' && !entityId)}
      onSubmit={() => void attempt.run(create)}
      onClose={onClose}
    >
      <FormField label="Name" errorText={attempt.failure?.field('name')}>
        <Input value={name} onChange={event => setName(event.detail.value)} autoFocus placeholder="ci" />
      </FormField>
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} placeholder="What uses it" />
      </FormField>
      {!home && (
        <FormField label="Scope" errorText={attempt.failure?.field('scope')}>
          <Select
            options={Object.entries(SCOPES).map(([value, label]) => ({ value, label }))}
            selectedOption={{ value: scope, label: SCOPES[scope] }}
            onChange={event => {
              const next = event.detail.selectedOption.value as Token['scope'];
              setScope(next);
              setEntity('');
              setRole(HUMBLEST[next]);
            }}
            expandToViewport
          />
        </FormField>
      )}
      {!home && scope !== 'ORGANIZATION' && (
        <FormField label={SCOPES[scope]} errorText={attempt.failure?.field('entityId')}>
          <Select
            options={options}
            selectedOption={options.find(each => each.value === entityId) ?? null}
            onChange={event => setEntity(event.detail.selectedOption.value ?? '')}
            placeholder={`Choose a ${SCOPES[scope]}`}
            empty={`There is no ${SCOPES[scope]} yet.`}
            filteringType={options.length > 7 ? 'auto' : 'none'}
            expandToViewport
          />
        </FormField>
      )}
      <FormField label="Role" errorText={attempt.failure?.field('role')}>
        <RoleSelect scope={scope} value={role} onChange={setRole} workspaceId={inside} />
      </FormField>
      <ExpirySelect days={days} onChange={setDays} errorText={attempt.failure?.field('tokenExpiryPeriodInDays')} />
    </FormModal>
  );
}
