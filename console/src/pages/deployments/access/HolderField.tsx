import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { Holder } from './holders';

interface Props {
  label: string;
  holders: Holder[];
  value: Holder | undefined;
  onChange: (holder: Holder | undefined) => void;
}

const GROUPS = [
  ['person', 'People'],
  ['team', 'Teams'],
  ['token', 'API tokens'],
] as const;

/** Chooses a person, a team or a token. */
export function HolderField({ label, holders, value, onChange }: Props) {
  const options = GROUPS.map(([is, name]) => ({
    label: name,
    options: holders
      .filter(each => each.is === is)
      .map(each => ({ value: each.id, label: each.name, description: each.beneath || undefined })),
  })).filter(each => each.options.length > 0);
  return (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={value ? { value: value.id, label: value.name } : null}
        onChange={event => onChange(holders.find(each => each.id === event.detail.selectedOption.value))}
        placeholder="Choose somebody"
        empty="There is nobody yet."
        filteringType={holders.length > 7 ? 'auto' : 'none'}
        expandToViewport
      />
    </FormField>
  );
}
