import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRouter } from '@tanstack/react-router';
import type { TabProps } from '../tabs';
import { DeploymentMenu } from './DeploymentMenu';
import { OpenAirflow } from './OpenAirflow';

/** What one can do with a Deployment from wherever one looks at it. */
export function DeploymentActions({ deployment }: Pick<TabProps, 'deployment'>) {
  const router = useRouter();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <DeploymentMenu deployment={deployment} onDeleted={() => router.navigate({ href: '/deployments' })} />
      <OpenAirflow deployment={deployment} />
    </SpaceBetween>
  );
}
