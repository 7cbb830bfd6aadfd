import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Steps from '@cloudscape-design/components/steps';
import type { Schemas } from '~/api/client';
import { Go, GoButton } from '~/parts/Go';

/** The way from nothing to a DAG that runs, for whoever has no Deployment yet. */
export function FirstSteps({ workspaces }: { workspaces: readonly Schemas['Workspace'][] | undefined }) {
  const hasWorkspace = (workspaces?.length ?? 0) > 0;
  return (
    <Container
      header={
        <Header variant="h2" description="Three steps to a DAG that runs.">
          Begin here
        </Header>
      }
    >
      <Steps
        ariaLabel="First steps"
        steps={[
          {
            status: hasWorkspace ? 'success' : 'pending',
            header: 'Have a Workspace',
            details: hasWorkspace ? (
              <Box color="text-body-secondary">
                You have {workspaces!.length === 1 ? workspaces![0]!.name : `${workspaces!.length} Workspaces`}. It
                holds a team’s Deployments.
              </Box>
            ) : (
              <>
                <Box color="text-body-secondary" margin={{ bottom: 'xs' }}>
                  It holds a team’s Deployments, and says who may do what.
                </Box>
                <GoButton variant="primary" to="/workspaces">
                  Create a Workspace
                </GoButton>
              </>
            ),
          },
          {
            status: 'pending',
            header: 'Create a Deployment',
            details: (
              <>
                <Box color="text-body-secondary" margin={{ bottom: 'xs' }}>
                  An Apache Airflow of its own, which is there within a minute or two.
                </Box>
                <GoButton variant={hasWorkspace ? 'primary' : 'normal'} to="/deployments/new" disabled={!hasWorkspace}>
                  Create a Deployment
                </GoButton>
              </>
            ),
          },
          {
            status: 'pending',
            header: 'Deploy your code',
            details: (
              <Box color="text-body-secondary">
                <Box variant="code">orrery init etl</Box> begins a project, <Box variant="code">orrery deploy</Box>{' '}
                sends it. In CI an <Go to="/tokens">API token</Go> signs in.
              </Box>
            ),
          },
        ]}
      />
    </Container>
  );
}
