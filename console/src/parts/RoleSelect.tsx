import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { roleName, type RoleScope, useRoles } from './roles';

interface Props {
  /** What the role is on. */
  scope: RoleScope;
  /** The role that is chosen; null is none. */
  value: string | null;
  onChange: (role: string) => void;
  /** For screen readers, where no `FormField` names the control. */
  ariaLabel?: string;
  /** Leaves out custom roles that do not count in this Workspace. */
  workspaceId?: string;
  disabled?: boolean;
}

/** Chooses a role of a scope, built-in or custom. */
export function RoleSelect({ scope, value, onChange, ariaLabel, workspaceId, disabled }: Props) {
  const options = useRoles(scope, workspaceId);
  return (
    <Select
      options={options}
      // a role that is held but cannot be chosen here is shown all the same
      selectedOption={value === null ? null : (find(options, value) ?? { value, label: roleName(value) })}
      onChange={event => onChange(event.detail.selectedOption.value ?? '')}
      placeholder="Choose a role"
      ariaLabel={ariaLabel}
      disabled={disabled}
      expandToViewport
      triggerVariant="label"
    />
  );
}

function find(options: SelectProps.Options, value: string): SelectProps.Option | undefined {
  const all = options.flatMap(each => ('options' in each ? each.options : [each]));
  return all.find(each => each.value === value);
}
