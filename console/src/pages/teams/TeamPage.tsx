import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { Facts } from '~/parts/Facts';
import { bodyOf, grantsOf } from '~/parts/grants/grants';
import { Grants } from '~/parts/grants/Grants';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import { EditTeam } from './EditTeam';
import { Members } from './Members';

const TRAIL = [{ text: 'Teams', href: '/teams' }];

export function TeamPage() {
  const { teamId } = useParams({ strict: false }) as { teamId: string };
  const { organizationId } = useSelf();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'edit' | 'delete'>();
  const path = { organizationId, teamId };
  const query = useQuery({
    queryKey: ['team', organizationId, teamId],
    queryFn: () => told(api.GET('/organizations/{organizationId}/teams/{teamId}', { params: { path } })),
  });
  if (!query.data) return <PageState query={query} noun="team" trail={TRAIL} />;
  const team = query.data;
  return (
    <Page
      title={team.name}
      description={team.description}
      trail={TRAIL}
      actions={
        <>
          <Button onClick={() => setAsking('edit')}>Edit</Button>
          <Button onClick={() => setAsking('delete')}>Delete</Button>
        </>
      }
    >
      <Facts
        facts={[
          { label: 'Made by', value: byWhom(team.createdBy) },
          { label: 'Made', value: <Time at={team.createdAt} /> },
          { label: 'Changed', value: <Time at={team.updatedAt} /> },
          { label: 'Id', value: team.id, isCopied: true },
        ]}
      />
      <Members team={team} />
      <Grants
        grants={grantsOf(team, organizationId)}
        kinds={['ORGANIZATION', 'WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG']}
        home="ORGANIZATION"
        description="Each member holds these beside their own."
        save={grants =>
          told(
            api.POST('/organizations/{organizationId}/teams/{teamId}/roles', {
              params: { path },
              body: { ...bodyOf(grants), organizationRole: bodyOf(grants).organizationRole ?? team.organizationRole },
            }),
          )
        }
      />
      {asking === 'edit' && <EditTeam team={team} onClose={() => setAsking(undefined)} />}
      {asking === 'delete' && (
        <Confirm
          title={`Delete the team ${team.name}?`}
          verb="Delete"
          act={() => told(api.DELETE('/organizations/{organizationId}/teams/{teamId}', { params: { path } }))}
          done={`The team ${team.name} is deleted.`}
          then={() => navigate({ to: '/teams' as never })}
          onClose={() => setAsking(undefined)}
        >
          What its members could do through it ends with their next request. The people stay.
        </Confirm>
      )}
    </Page>
  );
}
