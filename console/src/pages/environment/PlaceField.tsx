import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { Schemas } from '~/api/client';
import { useDeployments, useWorkspaces } from '~/api/lists';

/** The Workspace or the Deployment that an object belongs to. */
export interface Place {
  scope: Schemas['Scope'];
  id: string;
}

interface Props {
  value: Place | undefined;
  onChange: (place: Place) => void;
  wrong: string | undefined;
}

export function PlaceField({ value, onChange, wrong }: Props) {
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const options = [
    {
      label: 'Workspaces: for many Deployments',
      options: (workspaces.data ?? []).map(each => ({ value: `WORKSPACE ${each.id}`, label: each.name })),
    },
    {
      label: 'Deployments: for this one alone',
      options: (deployments.data ?? []).map(each => ({
        value: `DEPLOYMENT ${each.id}`,
        label: each.name,
        description: each.workspaceName,
      })),
    },
  ];
  const chosen = options.flatMap(each => each.options).find(each => each.value === `${value?.scope} ${value?.id}`);
  return (
    <FormField label="Belongs to" description="Where it is kept, and whose people manage it." errorText={wrong}>
      <Select
        options={options}
        selectedOption={chosen ?? null}
        placeholder="Choose a Workspace or a Deployment"
        filteringType={options.flatMap(each => each.options).length > 10 ? 'auto' : 'none'}
        statusType={workspaces.isPending || deployments.isPending ? 'loading' : 'finished'}
        onChange={event => {
          const [scope, id] = event.detail.selectedOption.value!.split(' ');
          onChange({ scope: scope as Place['scope'], id: id! });
        }}
      />
    </FormField>
  );
}
