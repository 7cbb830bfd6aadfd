import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useClusters } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';

type Workspace = Schemas['Workspace'];

interface Props {
  /** The one to change; without it a new one is made. */
  workspace?: Workspace;
  onClose: () => void;
  then?: (saved: Workspace) => void;
}

const ANY = { value: '', label: 'Whichever has room' };

/** Makes a Workspace or changes its settings. */
export function WorkspaceForm({ workspace, onClose, then }: Props) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const clusters = useClusters();
  const [name, setName] = useState(workspace?.name ?? '');
  const [description, setDescription] = useState(workspace?.description ?? '');
  const [cicdEnforcedDefault, setEnforced] = useState(workspace?.cicdEnforcedDefault ?? false);
  const [cluster, setCluster] = useState(workspace?.defaultClusterId ?? '');
  const options = [
    ANY,
    ...(clusters.data ?? []).map(each => ({ value: each.id, label: each.name, description: each.region })),
  ];
  const save = async () => {
    const body = {
      name: name.trim(),
      description,
      cicdEnforcedDefault,
      // what is left out stays, and an empty word takes it back
      defaultClusterId: cluster,
    };
    const saved = workspace
      ? api.POST('/organizations/{organizationId}/workspaces/{workspaceId}', {
          params: { path: { organizationId, workspaceId: workspace.id } },
          body,
        })
      : api.POST('/organizations/{organizationId}/workspaces', { params: { path: { organizationId } }, body });
    const there = await told(saved);
    then?.(there);
  };
  return (
    <FormModal
      title={workspace ? `Edit ${workspace.name}` : 'Create a Workspace'}
      verb={workspace ? 'Save' : 'Create'}
      attempt={attempt}
      disabled={!name.trim()}
      onClose={onClose}
      onSubmit={() =>
        void attempt.run(
          save,
          workspace ? 'The Workspace is changed.' : `The Workspace ${name.trim()} is there.`,
          onClose,
        )
      }
    >
      <FormField label="Name" errorText={attempt.failure?.field('name')}>
        <Input value={name} onChange={event => setName(event.detail.value)} autoFocus />
      </FormField>
      <FormField label="Description" errorText={attempt.failure?.field('description')}>
        <Textarea value={description} onChange={event => setDescription(event.detail.value)} rows={2} />
      </FormField>
      <FormField
        label="Cluster of new Deployments"
        errorText={attempt.failure?.field('defaultClusterId') ?? attempt.failure?.field('defaultRegion')}
      >
        <Select
          options={options}
          selectedOption={options.find(each => each.value === cluster) ?? ANY}
          onChange={event => setCluster(event.detail.selectedOption.value ?? '')}
          expandToViewport
        />
      </FormField>
      <Toggle
        checked={cicdEnforcedDefault}
        onChange={event => setEnforced(event.detail.checked)}
        description="In new Deployments only API tokens may deploy; people may not. Each Deployment can say otherwise."
      >
        Deploys by pipelines only
      </Toggle>
    </FormModal>
  );
}
