import Button from '@cloudscape-design/components/button';
import Grid from '@cloudscape-design/components/grid';
import Select from '@cloudscape-design/components/select';
import type { Schemas } from '~/api/client';
import { useWorkspaces } from '~/api/lists';
import { RoleSelect } from '~/parts/RoleSelect';

export type WorkspaceRole = Schemas['WorkspaceRole'];

interface Props {
  row: Partial<WorkspaceRole>;
  /** Workspaces of the other rows: there is one role a place. */
  taken: string[];
  onChange: (row: Partial<WorkspaceRole>) => void;
  onRemove: () => void;
}

export function WorkspaceRoleRow({ row, taken, onChange, onRemove }: Props) {
  const workspaces = useWorkspaces();
  const options = (workspaces.data ?? [])
    .filter(each => !taken.includes(each.id))
    .map(each => ({ value: each.id, label: each.name }));
  return (
    <Grid gridDefinition={[{ colspan: 5 }, { colspan: 5 }, { colspan: 2 }]}>
      <Select
        options={options}
        selectedOption={options.find(each => each.value === row.workspaceId) ?? null}
        onChange={event => onChange({ ...row, workspaceId: event.detail.selectedOption.value })}
        placeholder="Workspace"
        ariaLabel="Workspace"
        expandToViewport
        empty="There is no other Workspace."
      />
      <RoleSelect
        scope="WORKSPACE"
        value={row.role ?? null}
        onChange={role => onChange({ ...row, role: role as WorkspaceRole['role'] })}
        ariaLabel="Role in the Workspace"
      />
      <Button
        variant="icon"
        iconName="remove"
        ariaLabel="Leave this Workspace out"
        formAction="none"
        onClick={onRemove}
      />
    </Grid>
  );
}
