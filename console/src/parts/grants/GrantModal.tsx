import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FormModal } from '../FormModal';
import { RoleSelect } from '../RoleSelect';
import { useAttempt } from '../useAttempt';
import { type Grant, type Kind, KINDS } from './grants';
import { usePlaces } from './places';

interface Props {
  /** The one to change; without it a new one is given. */
  grant?: Grant;
  kinds: Kind[];
  workspaceId?: string;
  deploymentId?: string;
  save: (grant: Grant) => Promise<unknown>;
  onClose: () => void;
}

const KEY = /^[\w.-]+$/;

/** Gives a role on a place, or changes the one that is there. */
export function GrantModal({ grant, kinds, workspaceId, deploymentId, save, onClose }: Props) {
  const { organizationId } = useSelf();
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const placeOf = usePlaces();
  const attempt = useAttempt();
  const [kind, setKind] = useState<Kind>(grant?.entityType ?? kinds[0] ?? 'WORKSPACE');
  const [place, setPlace] = useState(grant ? (grant.deploymentId ?? grant.entityId) : (deploymentId ?? ''));
  const [name, setName] = useState(grant?.deploymentId ? grant.entityId : '');
  const [role, setRole] = useState<string | null>(grant?.role ?? null);
  const onDags = kind === 'DAG' || kind === 'DAG_TAG';
  const fresh: Grant = {
    entityType: kind,
    entityId: kind === 'ORGANIZATION' ? organizationId : onDags ? name.trim() : place,
    deploymentId: onDags ? place : null,
    role: role ?? '',
  };
  const there = (kind === 'WORKSPACE' ? workspaces.data : deployments.data) ?? [];
  const choices = there
    .filter(each => !workspaceId || !('workspaceId' in each) || each.workspaceId === workspaceId)
    .filter(each => !deploymentId || each.id === deploymentId)
    .map(each => ({
      value: each.id,
      label: each.name,
      description: 'workspaceName' in each ? each.workspaceName : undefined,
    }));
  const noun = kind === 'WORKSPACE' ? 'Workspace' : 'Deployment';
  const inside =
    kind === 'WORKSPACE' ? place : (deployments.data?.find(each => each.id === place)?.workspaceId ?? undefined);
  const isBadKey = kind === 'DAG' && name.trim() !== '' && !KEY.test(name.trim());
  return (
    <FormModal
      title={grant ? `Change the role on ${placeOf(grant).name}` : 'Give a role'}
      verb={grant ? 'Change' : 'Give'}
      attempt={attempt}
      disabled={!role || !fresh.entityId || (onDags && !place) || isBadKey}
      onClose={onClose}
      onSubmit={() =>
        void attempt.run(() => save(fresh), grant ? 'The role is changed.' : 'The role is given.', onClose)
      }
    >
      {!grant && (
        <FormField label="On a">
          <Select
            options={kinds.map(each => ({ value: each, label: KINDS[each].label }))}
            selectedOption={{ value: kind, label: KINDS[kind].label }}
            onChange={event => {
              setKind(event.detail.selectedOption.value as Kind);
              setPlace(deploymentId ?? '');
              setRole(null);
            }}
          />
        </FormField>
      )}
      {!grant && (
        <FormField label={noun}>
          <Select
            options={choices}
            selectedOption={choices.find(each => each.value === place) ?? null}
            onChange={event => setPlace(event.detail.selectedOption.value ?? '')}
            placeholder={`Choose a ${noun}`}
            empty={`There is no ${noun} yet.`}
            filteringType={choices.length > 7 ? 'auto' : 'none'}
          />
        </FormField>
      )}
      {!grant && onDags && (
        <FormField
          label={kind === 'DAG' ? 'DAG id' : 'Tag'}
          description={kind === 'DAG_TAG' && 'Counts for each DAG that has the tag, also for those to come.'}
          errorText={isBadKey && 'A DAG id has letters, digits, dots, dashes and underscores.'}
        >
          <Input value={name} onChange={event => setName(event.detail.value)} spellcheck={false} />
        </FormField>
      )}
      <FormField label="Role">
        <RoleSelect scope={KINDS[kind].scope} value={role} onChange={setRole} workspaceId={inside || undefined} />
      </FormField>
    </FormModal>
  );
}
