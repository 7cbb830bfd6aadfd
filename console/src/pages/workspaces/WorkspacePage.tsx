import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { PageTabs } from '~/parts/PageTabs';
import { People, Teams, Tokens } from './Access';
import { Details } from './Details';
import { Deployments } from './Deployments';
import { WorkspaceForm } from './WorkspaceForm';

const TRAIL = [{ text: 'Workspaces', href: '/workspaces' }];

export function WorkspacePage() {
  const { workspaceId } = useParams({ strict: false }) as { workspaceId: string };
  const { organizationId } = useSelf();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'edit' | 'delete'>();
  const path = { organizationId, workspaceId };
  const query = useQuery({
    queryKey: ['workspace', organizationId, workspaceId],
    queryFn: () => told(api.GET('/organizations/{organizationId}/workspaces/{workspaceId}', { params: { path } })),
  });
  if (!query.data) return <PageState query={query} noun="Workspace" trail={TRAIL} />;
  const workspace = query.data;
  return (
    <Page
      title={workspace.name}
      description={workspace.description}
      trail={TRAIL}
      actions={
        <>
          <Button onClick={() => setAsking('edit')}>Edit</Button>
          <Button onClick={() => setAsking('delete')}>Delete</Button>
        </>
      }
    >
      <PageTabs
        ariaLabel="The Workspace"
        tabs={[
          { id: 'deployments', label: 'Deployments', content: <Deployments workspace={workspace} /> },
          { id: 'people', label: 'People', content: <People workspace={workspace} /> },
          { id: 'teams', label: 'Teams', content: <Teams workspace={workspace} /> },
          { id: 'tokens', label: 'API tokens', content: <Tokens workspace={workspace} /> },
          { id: 'settings', label: 'Settings', content: <Details workspace={workspace} /> },
        ]}
      />
      {asking === 'edit' && <WorkspaceForm workspace={workspace} onClose={() => setAsking(undefined)} />}
      {asking === 'delete' && (
        <Confirm
          title={`Delete the Workspace ${workspace.name}?`}
          verb="Delete"
          typed={workspace.name}
          act={() => told(api.DELETE('/organizations/{organizationId}/workspaces/{workspaceId}', { params: { path } }))}
          done={`The Workspace ${workspace.name} is deleted.`}
          then={() => navigate({ to: '/workspaces' as never })}
          onClose={() => setAsking(undefined)}
        >
          Its API tokens end with it. It must have no Deployment any more.
        </Confirm>
      )}
    </Page>
  );
}
