import Button from '@cloudscape-design/components/button';
import { type ReactNode, useState } from 'react';
import { Beneath } from '../Beneath';
import { Confirm } from '../Confirm';
import { Go } from '../Go';
import { read, ResourceTable } from '../ResourceTable';
import { BUILT_IN, roleName, useCustomRoles } from '../roles';
import { GrantModal } from './GrantModal';
import { type Grant, type Kind, KINDS, withGrant, withoutGrant } from './grants';
import { usePlaces } from './places';
import { RowActions } from '../RowActions';

interface Props {
  grants: Grant[];
  /** What can be given here, the widest first. */
  kinds: Kind[];
  /** The one role that can be changed but not taken away. */
  home: Kind;
  /** Only Deployments of this Workspace can be chosen. */
  workspaceId?: string;
  /** Only this Deployment's DAGs can be chosen. */
  deploymentId?: string;
  /** Says all that is held from now on. */
  save: (grants: Grant[]) => Promise<unknown>;
  description?: ReactNode;
}

/** What a user, a team or a token may do, and where: a role a place, given, changed and taken away one by one. */
export function Grants({ grants, kinds, home, workspaceId, deploymentId, save, description }: Props) {
  const [edited, setEdited] = useState<Grant | 'new'>();
  const [leaving, setLeaving] = useState<Grant>();
  const [placeOf, custom] = [usePlaces(), useCustomRoles()];
  const said = (each: Grant) =>
    BUILT_IN[KINDS[each.entityType].scope][each.role] ??
    custom.data?.find(role => role.name === each.role)?.description ??
    '';
  return (
    <>
      <ResourceTable
        rows={read(grants)}
        noun="role"
        title="Roles"
        description={description}
        id={each => [each.entityType, each.deploymentId, each.entityId].join('/')}
        text={each => [roleName(each.role), placeOf(each).name, KINDS[each.entityType].label].join(' ')}
        filtersFrom={8}
        empty={{ words: 'No role yet.' }}
        actions={<Button onClick={() => setEdited('new')}>Give a role</Button>}
        columns={[
          {
            id: 'place',
            header: 'On',
            isRowHeader: true,
            cell: each => {
              const { name, href } = placeOf(each);
              return (
                <>
                  {href ? <Go to={href}>{name}</Go> : name}
                  <Beneath>{KINDS[each.entityType].label}</Beneath>
                </>
              );
            },
          },
          {
            id: 'role',
            header: 'Role',
            cell: each => (
              <>
                {roleName(each.role)}
                <Beneath>{said(each)}</Beneath>
              </>
            ),
          },
          {
            id: 'actions',
            header: 'Actions',
            width: 110,
            cell: each => (
              <RowActions
                edit={{ label: `Change the role on ${placeOf(each).name}`, onClick: () => setEdited(each) }}
                remove={
                  each.entityType !== home && {
                    label: `Take away the role on ${placeOf(each).name}`,
                    onClick: () => setLeaving(each),
                  }
                }
              />
            ),
          },
        ]}
      />
      {edited && (
        <GrantModal
          grant={edited === 'new' ? undefined : edited}
          kinds={kinds.filter(each => each !== home)}
          workspaceId={workspaceId}
          deploymentId={deploymentId}
          save={fresh => save(withGrant(grants, fresh))}
          onClose={() => setEdited(undefined)}
        />
      )}
      {leaving && (
        <Confirm
          title="Take away a role?"
          verb="Take away"
          act={() => save(withoutGrant(grants, leaving))}
          done="The role is taken away."
          onClose={() => setLeaving(undefined)}
        >
          {`${roleName(leaving.role)} on ${placeOf(leaving).name} ends with the next request.`}
        </Confirm>
      )}
    </>
  );
}
