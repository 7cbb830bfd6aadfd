import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Beneath } from '~/parts/Beneath';
import { Confirm } from '~/parts/Confirm';
import { ResourceTable } from '~/parts/ResourceTable';
import type { CustomRole as Listed } from '~/parts/roles';
import { Time } from '~/parts/Time';
import { RowActions } from '~/parts/RowActions';
import { RoleForm } from './RoleForm';
import { type CustomRole, useAllRoles } from './useAllRoles';

/** The roles that the Organization made for itself. */
export function CustomRoles() {
  const { organizationId } = useSelf();
  const { listed, columns } = useAllRoles();
  const workspaces = useWorkspaces();
  const [edited, setEdited] = useState<CustomRole>();
  const [leaving, setLeaving] = useState<Listed>();
  const whole = (role: Listed) => columns.find(each => each.custom?.id === role.id)?.custom;
  const names = (ids: string[]) => ids.map(id => workspaces.data?.find(each => each.id === id)?.name ?? id).join(', ');
  return (
    <>
      <ResourceTable
        rows={listed}
        noun="role"
        title="Your own roles"
        id={each => each.id}
        text={each => [each.name, each.description].join(' ')}
        sortedBy="name"
        filtersFrom={8}
        empty={{ words: 'None yet. The built-in roles below are often enough; a role of your own can be narrower.' }}
        columns={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'name',
            isRowHeader: true,
            cell: each => (
              <>
                {each.name}
                <Beneath>{each.description}</Beneath>
              </>
            ),
          },
          {
            id: 'scope',
            header: 'Given on',
            sortingField: 'scopeType',
            cell: each => (each.scopeType === 'DAG' ? 'DAGs and tags' : 'Deployments'),
          },
          {
            id: 'where',
            header: 'Counts in',
            cell: each => (each.restrictedWorkspaceIds.length ? names(each.restrictedWorkspaceIds) : 'Every Workspace'),
          },
          { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
          {
            id: 'actions',
            header: 'Actions',
            width: 110,
            cell: each => (
              <RowActions
                edit={{
                  label: `Edit the role ${each.name}`,
                  disabled: !whole(each),
                  onClick: () => setEdited(whole(each)),
                }}
                remove={{ label: `Delete the role ${each.name}`, onClick: () => setLeaving(each) }}
              />
            ),
          },
        ]}
      />
      {edited && <RoleForm role={edited} onClose={() => setEdited(undefined)} />}
      {leaving && (
        <Confirm
          title={`Delete the role ${leaving.name}?`}
          verb="Delete"
          act={async () => {
            const path = { organizationId, customRoleId: leaving.id };
            await told(api.DELETE('/organizations/{organizationId}/roles/{customRoleId}', { params: { path } }));
          }}
          done={`The role ${leaving.name} is deleted.`}
          onClose={() => setLeaving(undefined)}
        >
          Whoever holds it can do nothing with it from their next request on. A new role of the same name does not bring
          it back to them.
        </Confirm>
      )}
    </>
  );
}
