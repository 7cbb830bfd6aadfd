import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import { PermissionChoice } from './PermissionChoice';
import type { CustomRole } from './useAllRoles';

type Scope = 'DEPLOYMENT' | 'DAG';
const SCOPES = [
  { value: 'DEPLOYMENT', label: 'Deployments' },
  { value: 'DAG', label: 'DAGs and tags' },
];

/** Makes a role out of permissions, or changes one for all who hold it. */
export function RoleForm({ role, onClose }: { role?: CustomRole; onClose: () => void }) {
  const { organizationId } = useSelf();
  const [attempt, workspaces] = [useAttempt(), useWorkspaces()];
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [scope, setScope] = useState<Scope>((role?.scopeType as Scope | undefined) ?? 'DEPLOYMENT');
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set(role?.permissions));
  const [restrictedWorkspaceIds, setRestricted] = useState(role?.restrictedWorkspaceIds ?? []);
  const templates = useQuery({
    queryKey: ['role-templates', organizationId],
    queryFn: () =>
      told(api.GET('/organizations/{organizationId}/role-templates', { params: { path: { organizationId } } })),
    staleTime: Infinity,
  });
  const options = (templates.data ?? [])
    .filter(each => each.scopeType === scope)
    .map(each => ({ value: each.name, label: each.name, description: each.description }));
  const places = (workspaces.data ?? []).map(each => ({ value: each.id, label: each.name }));
  const save = () => {
    const body = { name: name.trim(), description, permissions: [...permissions], restrictedWorkspaceIds };
    return told(
      role
        ? api.POST('/organizations/{organizationId}/roles/{customRoleId}', {
            params: { path: { organizationId, customRoleId: role.id } },
            body,
          })
        : api.POST('/organizations/{organizationId}/roles', {
            params: { path: { organizationId } },
            body: { ...body, scopeType: scope },
          }),
    );
  };
  return (
    <FormModal
      title={role ? `Edit the role ${role.name}` : 'Create a role'}
      verb={role ? 'Save' : 'Create'}
      size="large"
      attempt={attempt}
      disabled={!name.trim() || permissions.size === 0}
      onClose={onClose}
      onSubmit={() =>
        void attempt.run(save, role ? 'The role is changed.' : `The role ${name.trim()} is there.`, onClose)
      }
    >
      <FormField label="Name" errorText={attempt.failure?.field('name')}>
        <Input value={name} onChange={event => setName(event.detail.value)} autoFocus />
      </FormField>
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} />
      </FormField>
      {!role && (
        <FormField
          label="Given on"
          description="It stays so: a role’s scope never changes."
          errorText={attempt.failure?.field('scopeType')}
        >
          <Select
            options={SCOPES}
            selectedOption={SCOPES.find(each => each.value === scope)!}
            onChange={event => {
              setScope(event.detail.selectedOption.value as Scope);
              setPermissions(new Set());
            }}
            expandToViewport
          />
        </FormField>
      )}
      <FormField
        label="Counts in"
        description="Every Workspace, if none is named."
        errorText={attempt.failure?.field('restrictedWorkspaceIds')}
      >
        <Multiselect
          options={places}
          selectedOptions={places.filter(each => restrictedWorkspaceIds.includes(each.value))}
          onChange={event => setRestricted(event.detail.selectedOptions.map(each => each.value ?? ''))}
          placeholder="Every Workspace"
          empty="There is no Workspace yet."
          expandToViewport
        />
      </FormField>
      <FormField label="Begin with" description="Ticks what a template allows, for you to change.">
        <Select
          options={options}
          selectedOption={null}
          onChange={event => {
            const chosen = templates.data?.find(each => each.name === event.detail.selectedOption.value);
            setPermissions(new Set(chosen?.permissions));
          }}
          placeholder="Choose a template"
          statusType={templates.isPending ? 'loading' : 'finished'}
          expandToViewport
        />
      </FormField>
      <FormField label={`Permissions (${permissions.size})`} errorText={attempt.failure?.field('permissions')} stretch>
        <PermissionChoice scope={scope} chosen={permissions} onChange={setPermissions} />
      </FormField>
    </FormModal>
  );
}
