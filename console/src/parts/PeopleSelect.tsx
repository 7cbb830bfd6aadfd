import Multiselect from '@cloudscape-design/components/multiselect';
import { useUsers } from '~/api/lists';

interface Props {
  /** Ids of those who are chosen. */
  value: string[];
  onChange: (ids: string[]) => void;
  /** Ids of those who cannot be chosen. */
  without?: string[];
}

/** Chooses people of the Organization. */
export function PeopleSelect({ value, onChange, without = [] }: Props) {
  const users = useUsers();
  const options = (users.data ?? [])
    .filter(each => !without.includes(each.id))
    .map(each => ({ value: each.id, label: each.fullName || each.username, description: each.username }));
  return (
    <Multiselect
      options={options}
      selectedOptions={options.filter(each => value.includes(each.value))}
      onChange={event => onChange(event.detail.selectedOptions.map(each => each.value ?? ''))}
      placeholder="Choose people"
      filteringType="auto"
      filteringAriaLabel="Find people"
      empty="There is nobody to choose."
      statusType={users.isPending ? 'loading' : 'finished'}
      loadingText="Reading people …"
      expandToViewport
    />
  );
}
