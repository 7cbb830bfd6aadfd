import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { bodyOf, grantsOf } from '~/parts/grants/grants';
import { Grants } from '~/parts/grants/Grants';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { Facts } from '~/parts/Facts';
import { Time } from '~/parts/Time';
import { nameOf, PersonStatus } from './person';
import { PersonTeams } from './PersonTeams';
import { RemovePerson } from './RemovePerson';

const TRAIL = [{ text: 'People', href: '/people' }];

export function PersonPage() {
  const { userId } = useParams({ strict: false }) as { userId: string };
  const { organizationId } = useSelf();
  const navigate = useNavigate();
  const [isLeaving, setLeaving] = useState(false);
  const path = { organizationId, userId };
  const user = useQuery({
    queryKey: ['user', organizationId, userId],
    queryFn: () => told(api.GET('/organizations/{organizationId}/users/{userId}', { params: { path } })),
  });
  if (!user.data) return <PageState query={user} noun="person" trail={TRAIL} />;
  const person = user.data;
  return (
    <Page title={nameOf(person)} trail={TRAIL} actions={<Button onClick={() => setLeaving(true)}>Remove</Button>}>
      <Facts
        facts={[
          { label: 'E-mail address', value: person.username },
          { label: 'Status', value: <PersonStatus of={person} /> },
          { label: 'Member since', value: <Time at={person.createdAt} /> },
          { label: 'Id', value: person.id, isCopied: true },
        ]}
      />
      <Grants
        grants={grantsOf(person, organizationId)}
        kinds={['ORGANIZATION', 'WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG']}
        home="ORGANIZATION"
        description="Roles of their own. Those of their teams count beside them."
        save={grants =>
          told(
            api.POST('/organizations/{organizationId}/users/{userId}/roles', {
              params: { path },
              body: bodyOf(grants),
            }),
          )
        }
      />
      <PersonTeams person={person} />
      {isLeaving && (
        <RemovePerson
          person={person}
          onClose={() => setLeaving(false)}
          then={() => navigate({ to: '/people' as never })}
        />
      )}
    </Page>
  );
}
