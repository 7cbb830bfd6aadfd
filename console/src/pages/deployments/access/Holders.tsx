import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { type Schemas } from '~/api/client';
import { Beneath } from '~/parts/Beneath';
import { capital } from '~/parts/capital';
import { Confirm } from '~/parts/Confirm';
import { Go } from '~/parts/Go';
import { GrantModal } from '~/parts/grants/GrantModal';
import { type Grant, withGrant, withoutGrant } from '~/parts/grants/grants';
import { ResourceTable } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { RowActions } from '~/parts/RowActions';
import { AddHolder } from './AddHolder';
import { type Holder, onDeployment, useHolders } from './holders';

interface Row {
  holder: Holder;
  grant: Grant;
}

const NOUNS = { person: 'Person', team: 'Team', token: 'API token' };

/** The roles that people, teams and tokens have on this Deployment and on DAGs in it: one a row. */
export function Holders({ deployment }: { deployment: Schemas['Deployment'] }) {
  const holders = useHolders(deployment.organizationId);
  const [isAdding, setAdding] = useState(false);
  const [edited, setEdited] = useState<Row>();
  const [leaving, setLeaving] = useState<Row>();
  const rows = holders.data?.flatMap(holder =>
    onDeployment(holder.grants, deployment.id).map((grant): Row => ({ holder, grant })),
  );
  const isHome = ({ holder, grant }: Row) =>
    holder.is === 'token' && holder.grants[0]?.entityId === grant.entityId && holder.grants.length === 1;
  const add = (
    <Button variant="primary" onClick={() => setAdding(true)}>
      Give access
    </Button>
  );
  return (
    <>
      <ResourceTable
        rows={{ ...holders, data: rows }}
        noun="role"
        title="Who has access"
        description={
          <>
            Roles on this Deployment and its DAGs. Those on its{' '}
            <Go to={`/workspaces/${deployment.workspaceId}`}>Workspace</Go> and on the Organization count besides.
          </>
        }
        id={each => [each.holder.id, each.grant.entityType, each.grant.entityId].join('/')}
        text={each => [each.holder.name, each.holder.beneath, roleName(each.grant.role), placeOf(each.grant)].join(' ')}
        filtersFrom={8}
        actions={add}
        empty={{ words: 'Nobody has a role on this Deployment alone.', action: add }}
        columns={[
          {
            id: 'who',
            header: 'Who',
            isRowHeader: true,
            cell: each => (
              <>
                <Go to={each.holder.href}>{each.holder.name}</Go>
                <Beneath>{each.holder.beneath}</Beneath>
              </>
            ),
          },
          { id: 'is', header: 'Is a', cell: each => NOUNS[each.holder.is] },
          { id: 'role', header: 'Role', cell: each => roleName(each.grant.role) },
          { id: 'on', header: 'On', cell: each => capital(placeOf(each.grant)) },
          {
            id: 'actions',
            header: 'Actions',
            cell: each => (
              <RowActions
                edit={{ label: `Change ${roleOf(each)}`, onClick: () => setEdited(each) }}
                remove={
                  !isHome(each) && {
                    label: `Take away ${roleOf(each)}`,
                    onClick: () => setLeaving(each),
                  }
                }
              />
            ),
          },
        ]}
      />
      {isAdding && <AddHolder deployment={deployment} holders={holders.data ?? []} onClose={() => setAdding(false)} />}
      {edited && (
        <GrantModal
          grant={edited.grant}
          kinds={[edited.grant.entityType]}
          deploymentId={deployment.id}
          save={fresh => edited.holder.save(withGrant(edited.holder.grants, fresh))}
          onClose={() => setEdited(undefined)}
        />
      )}
      {leaving && (
        <Confirm
          title={`Take away ${roleOf(leaving)}?`}
          verb="Take away"
          act={() => leaving.holder.save(withoutGrant(leaving.holder.grants, leaving.grant))}
          done="The role is taken away."
          onClose={() => setLeaving(undefined)}
        >
          {`${roleName(leaving.grant.role)} on ${placeOf(leaving.grant)} ends with the next request. Other roles stay.`}
        </Confirm>
      )}
    </>
  );
}

/** One of several that somebody may have here. */
function roleOf({ holder, grant }: Row): string {
  return `the role of ${holder.name} on ${placeOf(grant)}`;
}

function placeOf({ entityType, entityId }: Grant): string {
  if (entityType === 'DAG') return `DAG ${entityId}`;
  return entityType === 'DAG_TAG' ? `DAGs of the tag ${entityId}` : 'the Deployment';
}
