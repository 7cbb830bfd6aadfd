import Button from '@cloudscape-design/components/button';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { named } from '~/parts/named';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { WorkspaceForm } from './WorkspaceForm';

export function Workspaces() {
  const [workspaces, deployments, navigate] = [useWorkspaces(), useDeployments(), useNavigate()];
  const [isMaking, setMaking] = useState(false);
  const count = (id: string) => deployments.data?.filter(each => each.workspaceId === id).length ?? '…';
  return (
    <Page
      title="Workspaces"
      description="Each holds Deployments that belong together, and says who may use them."
      actions={
        <Button variant="primary" onClick={() => setMaking(true)}>
          Create Workspace
        </Button>
      }
    >
      <ResourceTable
        rows={workspaces}
        noun="Workspace"
        id={each => each.id}
        text={each => [each.name, each.description, each.id].join(' ')}
        sortedBy="name"
        empty={{
          words: 'No Workspace yet.',
          action: <Button onClick={() => setMaking(true)}>Create the first one</Button>,
        }}
        columns={[
          named('/workspaces'),
          { id: 'deployments', header: 'Deployments', cell: each => count(each.id) },
          { id: 'made', header: 'Made', sortingField: 'createdAt', cell: each => <Time at={each.createdAt} /> },
          { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
        ]}
      />
      {isMaking && (
        <WorkspaceForm
          onClose={() => setMaking(false)}
          then={made => void navigate({ to: `/workspaces/${made.id}` as never })}
        />
      )}
    </Page>
  );
}
