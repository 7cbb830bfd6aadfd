import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { allowedIn, byArea, type Group, nounOf, said } from './permissions';
import type { Column } from './useAllRoles';

/** The matrix for narrow windows: role by role, what it may do. */
export function RoleList({ groups, roles }: { groups: Group[]; roles: Column[] }) {
  if (roles.length === 0) return <Box color="text-body-secondary">There is no role of this scope.</Box>;
  return (
    <SpaceBetween size="m">
      {roles.map(role => {
        const held = groups.filter(group => allowedIn(group, role.permissions).length > 0);
        return (
          <ExpandableSection
            key={role.name}
            variant="container"
            headerText={role.name}
            headerDescription={`May do something with ${held.length} ${held.length === 1 ? 'kind' : 'kinds'} of things.`}
          >
            <SpaceBetween size="l">
              {byArea(held).map(([area, rows]) => (
                <div key={area}>
                  <Box variant="h3" padding={{ bottom: 'xs' }}>
                    {area}
                  </Box>
                  <KeyValuePairs
                    columns={2}
                    items={rows.map(group => ({ label: nounOf(group), value: said(group, role.permissions) }))}
                  />
                </div>
              ))}
            </SpaceBetween>
          </ExpandableSection>
        );
      })}
    </SpaceBetween>
  );
}
