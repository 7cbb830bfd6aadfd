import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { allowedIn, byArea, type Group, nounOf, said } from './permissions';
import type { Column } from './useAllRoles';

/** Nouns down, roles across: what each role may do with it. What no role of the scope touches is left out. */
export function Matrix({ groups, roles }: { groups: Group[]; roles: Column[] }) {
  const touched = groups.filter(group => roles.some(role => allowedIn(group, role.permissions).length > 0));
  return (
    <SpaceBetween size="l">
      {byArea(touched).map(([area, rows]) => (
        <Table<Group>
          key={area}
          items={rows}
          trackBy="scope"
          header={<Header variant="h2">{area}</Header>}
          ariaLabels={{ tableLabel: `${area}: what each role may do` }}
          wrapLines
          stickyColumns={{ first: 1 }}
          columnDefinitions={[
            { id: 'noun', header: 'May do with', isRowHeader: true, width: 210, minWidth: 180, cell: nounOf },
            ...roles.map(role => ({
              id: role.name,
              header: role.name,
              minWidth: 130,
              cell: (group: Group) => <Cell words={said(group, role.permissions)} />,
            })),
          ]}
        />
      ))}
    </SpaceBetween>
  );
}

/** Everything stands out, nothing stands back. */
function Cell({ words }: { words: string }) {
  if (words === '–') return <Box color="text-status-inactive">–</Box>;
  if (words === 'everything') return <Box fontWeight="bold">everything</Box>;
  return <>{words}</>;
}
