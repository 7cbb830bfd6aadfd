import type { ReactNode } from 'react';
import { Beneath } from '~/parts/Beneath';
import { usePlaces } from '~/parts/grants/places';
import { named } from '~/parts/named';
import { ResourceTable, type Rows } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { Time } from '~/parts/Time';
import { Ending, homeRole, SCOPES, type Token } from './token';

interface Props {
  rows: Rows<Token>;
  empty: { words: string; action?: ReactNode };
  title?: string;
  actions?: ReactNode;
}

/** API tokens in a table, wherever they are shown. */
export function TokenTable({ rows, empty, title = 'Tokens', actions }: Props) {
  const placeOf = usePlaces();
  const home = (each: Token) => {
    const role = homeRole(each);
    return role && each.scope !== 'ORGANIZATION' ? placeOf(role).name : '';
  };
  return (
    <ResourceTable
      rows={rows}
      noun="token"
      title={title}
      id={each => each.id}
      text={each => [each.name, each.description, SCOPES[each.scope], home(each), each.shortToken].join(' ')}
      sortedBy="name"
      actions={actions}
      empty={empty}
      columns={[
        named('/tokens'),
        {
          id: 'scope',
          header: 'Scope',
          sortingField: 'scope',
          cell: each => (
            <>
              {SCOPES[each.scope]}
              <Beneath>{home(each)}</Beneath>
            </>
          ),
        },
        {
          id: 'role',
          header: 'Role',
          cell: each => (
            <>
              {roleName(homeRole(each)?.role)}
              <Beneath>{each.roles.length > 1 && `and ${each.roles.length - 1} more`}</Beneath>
            </>
          ),
        },
        { id: 'used', header: 'Last used', sortingField: 'lastUsedAt', cell: each => <Time at={each.lastUsedAt} /> },
        { id: 'ends', header: 'Ends', sortingField: 'endAt', cell: each => <Ending of={each} /> },
      ]}
    />
  );
}
