import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useUsers } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Beneath } from '~/parts/Beneath';
import { elsewhere, grantsOf } from '~/parts/grants/grants';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { Time } from '~/parts/Time';
import { Invitations } from './Invitations';
import { InviteModal } from './InviteModal';
import { RemovePerson } from './RemovePerson';
import { type Person, PersonStatus, nameOf } from './person';
import { TeamsOf } from './TeamsOf';

export function People() {
  const { organizationId } = useSelf();
  const users = useUsers();
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Person>();
  return (
    <Page
      title="People"
      description="Who belongs to the Organization, and who is invited."
      actions={
        <Button variant="primary" onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <Invitations />
      <ResourceTable
        rows={users}
        noun="person"
        plural="people"
        title="Members"
        id={each => each.id}
        text={each => [each.fullName, each.username, roleName(each.organizationRole), each.status].join(' ')}
        sortedBy="name"
        empty={{ words: 'Nobody yet.' }}
        columns={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            sortingField: 'fullName',
            cell: each => (
              <>
                <Go to={`/people/${each.id}`}>{nameOf(each)}</Go>
                <Beneath>{each.username}</Beneath>
              </>
            ),
          },
          { id: 'status', header: 'Status', sortingField: 'status', cell: each => <PersonStatus of={each} /> },
          {
            id: 'role',
            header: 'Organization role',
            sortingField: 'organizationRole',
            cell: each => roleName(each.organizationRole),
          },
          { id: 'elsewhere', header: 'Other roles', cell: each => elsewhere(grantsOf(each, organizationId)) },
          { id: 'teams', header: 'Teams', cell: each => <TeamsOf userId={each.id} /> },
          { id: 'since', header: 'Since', sortingField: 'createdAt', cell: each => <Time at={each.createdAt} /> },
          {
            id: 'actions',
            header: 'Actions',
            width: 60,
            cell: each => (
              <Button
                variant="inline-icon"
                iconName="remove"
                ariaLabel={`Remove ${each.username}`}
                onClick={() => setLeaving(each)}
              />
            ),
          },
        ]}
      />
      {isInviting && <InviteModal onClose={() => setInviting(false)} />}
      {leaving && <RemovePerson person={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  );
}
