import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { FailureNote } from '~/parts/FailureNote';
import { Reading } from '~/parts/Reading';
import { allowedIn, byArea, type Group, nounOf, permission, usePermissionGroups, verb } from './permissions';

interface Props {
  scope: 'DEPLOYMENT' | 'DAG';
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

const BEGINS = { DEPLOYMENT: 'deployment', DAG: 'dag' };

/** Ticks what a role may do: a line for each noun, a box for each thing that can be done with it. */
export function PermissionChoice({ scope, chosen, onChange }: Props) {
  const groups = usePermissionGroups();
  if (groups.error) {
    return (
      <FailureNote
        title="The permissions could not be read"
        thrown={groups.error}
        onRetry={() => void groups.refetch()}
      />
    );
  }
  if (!groups.data) return <Reading words="Reading permissions …" />;
  const begin = BEGINS[scope];
  const mine = groups.data.filter(each => each.scope === begin || each.scope.startsWith(`${begin}.`));
  const set = (names: string[], isOn: boolean) => {
    const next = new Set(chosen);
    for (const name of names)
      if (isOn) next.add(name);
      else next.delete(name);
    onChange(next);
  };
  return byArea(mine).map(([area, rows]) => {
    const count = rows.reduce((sum, group) => sum + allowedIn(group, chosen).length, 0);
    return (
      <ExpandableSection key={area} headerText={`${area} (${count})`} defaultExpanded={area !== 'Airflow'}>
        {rows.map(group => (
          <Line key={group.scope} group={group} chosen={chosen} set={set} />
        ))}
      </ExpandableSection>
    );
  });
}

interface LineProps {
  group: Group;
  chosen: ReadonlySet<string>;
  set: (names: string[], isOn: boolean) => void;
}

function Line({ group, chosen, set }: LineProps) {
  const all = group.permissions.map(each => permission(group, each.action));
  const on = allowedIn(group, chosen).length;
  return (
    <fieldset className="permission-line" aria-label={nounOf(group)}>
      <Checkbox
        checked={on === all.length}
        indeterminate={on > 0 && on < all.length}
        onChange={event => set(all, event.detail.checked)}
      >
        <Box fontWeight="bold">{nounOf(group)}</Box>
      </Checkbox>
      {group.permissions.map(({ action }) => (
        <Checkbox
          key={action}
          checked={chosen.has(permission(group, action))}
          onChange={event => set([permission(group, action)], event.detail.checked)}
          ariaLabel={`${nounOf(group)}: ${verb(action)}`}
        >
          {verb(action)}
        </Checkbox>
      ))}
    </fieldset>
  );
}
