import SpaceBetween from '@cloudscape-design/components/space-between';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { FailureNote } from '~/parts/FailureNote';
import { GoButton } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import { Attention } from './Attention';
import { ByStatus } from './ByStatus';
import { FirstSteps } from './FirstSteps';
import { Running } from './Running';

/** What runs, what needs somebody, and for a newcomer what to do first. */
export function Home() {
  const [deployments, workspaces] = [useDeployments(), useWorkspaces()];
  return (
    <Page
      title="Home"
      description="What runs, and what needs somebody."
      actions={
        (deployments.data?.length ?? 0) > 0 && (
          <GoButton variant="primary" to="/deployments/new">
            Create Deployment
          </GoButton>
        )
      }
    >
      {deployments.data ? (
        deployments.data.length === 0 ? (
          <FirstSteps workspaces={workspaces.data} />
        ) : (
          <SpaceBetween size="l">
            <ByStatus deployments={deployments.data} />
            <Attention deployments={deployments.data} />
            <Running deployments={deployments.data} />
          </SpaceBetween>
        )
      ) : deployments.error ? (
        <FailureNote
          title="The Deployments could not be read"
          thrown={deployments.error}
          onRetry={() => void deployments.refetch()}
        />
      ) : (
        <Reading words="Reading how things stand …" />
      )}
    </Page>
  );
}
