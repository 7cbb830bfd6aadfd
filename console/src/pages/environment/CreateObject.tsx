import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { capital } from '~/parts/capital';
import { KINDS, type Kind, WORDS } from './kinds';

export function CreateObject({ onCreate }: { onCreate: (kind: Kind) => void }) {
  return (
    <ButtonDropdown
      variant="primary"
      items={KINDS.map(id => ({ id, text: capital(WORDS[id].noun) }))}
      onItemClick={event => onCreate(event.detail.id as Kind)}
    >
      Create
    </ButtonDropdown>
  );
}
