import Button from '@cloudscape-design/components/button';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTeams } from '~/api/lists';
import { useSelf } from '~/app/self';
import { elsewhere, grantsOf } from '~/parts/grants/grants';
import { named } from '~/parts/named';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { roleName } from '~/parts/roles';
import { Time } from '~/parts/Time';
import { CreateTeam } from './CreateTeam';

export function Teams() {
  const { organizationId } = useSelf();
  const teams = useTeams();
  const navigate = useNavigate();
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Teams"
      description="People who hold roles together: whoever joins may do what the team may, from their next request on."
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          Create team
        </Button>
      }
    >
      <ResourceTable
        rows={teams}
        noun="team"
        id={each => each.id}
        text={each => [each.name, each.description, roleName(each.organizationRole)].join(' ')}
        sortedBy="name"
        empty={{
          words: 'No team yet.',
          action: <Button onClick={() => setMaking(true)}>Create the first one</Button>,
        }}
        columns={[
          named('/teams'),
          {
            id: 'role',
            header: 'Organization role',
            sortingField: 'organizationRole',
            cell: each => roleName(each.organizationRole),
          },
          { id: 'elsewhere', header: 'Other roles', cell: each => elsewhere(grantsOf(each, organizationId)) },
          { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
        ]}
      />
      {isMaking && (
        <CreateTeam
          onClose={() => setMaking(false)}
          then={team => void navigate({ to: `/teams/${team.id}` as never })}
        />
      )}
    </Page>
  );
}
