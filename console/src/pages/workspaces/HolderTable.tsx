import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { type Schemas } from '~/api/client';
import { Beneath } from '~/parts/Beneath';
import { Confirm } from '~/parts/Confirm';
import { type Grant, type Held, withGrant, withoutGrant } from '~/parts/grants/grants';
import { Go } from '~/parts/Go';
import { ResourceTable, type Rows } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { RowActions } from '~/parts/RowActions';
import { HolderModal } from './HolderModal';

export type Holder = Held & { id: string };

interface Props<T extends Holder> {
  noun: string;
  plural: string;
  title: string;
  workspace: Schemas['Workspace'];
  /** Everybody, whether they have a role here or not. */
  holders: Rows<T>;
  describe: (holder: T) => { name: string; beneath: string; href: string };
  /** Changes what somebody holds: `grants` makes what they hold from now on out of what they held. */
  save: (holder: T, grants: (before: Grant[]) => Grant[]) => Promise<unknown>;
}

/** Who has a role on a Workspace: people or teams, added, changed and removed. */
export function HolderTable<T extends Holder>(props: Props<T>) {
  const { noun, plural, title, workspace, holders, describe, save } = props;
  const [edited, setEdited] = useState<T | 'new'>();
  const [leaving, setLeaving] = useState<T>();
  const roleOf = (each: T) => each.workspaceRoles.find(role => role.workspaceId === workspace.id)?.role;
  const grant = (role: string): Grant => ({
    entityType: 'WORKSPACE',
    entityId: workspace.id,
    deploymentId: null,
    role,
  });
  return (
    <>
      <ResourceTable
        rows={{ ...holders, data: holders.data?.filter(each => roleOf(each)) }}
        noun={noun}
        plural={plural}
        title={title}
        id={each => each.id}
        text={each => [describe(each).name, describe(each).beneath, roleName(roleOf(each))].join(' ')}
        filtersFrom={8}
        empty={{ words: `No ${noun} has a role on this Workspace of their own.` }}
        actions={<Button onClick={() => setEdited('new')}>{`Add a ${noun}`}</Button>}
        columns={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            cell: each => (
              <>
                <Go to={describe(each).href}>{describe(each).name}</Go>
                <Beneath>{describe(each).beneath}</Beneath>
              </>
            ),
          },
          { id: 'role', header: 'Role', cell: each => roleName(roleOf(each)) },
          {
            id: 'actions',
            header: 'Actions',
            width: 110,
            cell: each => (
              <RowActions
                edit={{ label: `Change the role of ${describe(each).name}`, onClick: () => setEdited(each) }}
                remove={{ label: `Take away the role of ${describe(each).name}`, onClick: () => setLeaving(each) }}
              />
            ),
          },
        ]}
      />
      {edited && (
        <HolderModal
          noun={noun}
          workspace={workspace}
          holder={edited === 'new' ? undefined : { id: edited.id, name: describe(edited).name, role: roleOf(edited)! }}
          choices={(holders.data ?? [])
            .filter(each => !roleOf(each))
            .map(each => ({ value: each.id, label: describe(each).name, description: describe(each).beneath }))}
          save={(id, role) => {
            const holder = holders.data!.find(each => each.id === id)!;
            return save(holder, before => withGrant(before, grant(role)));
          }}
          onClose={() => setEdited(undefined)}
        />
      )}
      {leaving && (
        <Confirm
          title={`Take away the role of ${describe(leaving).name}?`}
          verb="Take away"
          act={() => save(leaving, before => withoutGrant(before, grant('')))}
          done="The role is taken away."
          onClose={() => setLeaving(undefined)}
        >
          {`Their role on ${workspace.name} ends with the next request. Roles on single Deployments stay.`}
        </Confirm>
      )}
    </>
  );
}
