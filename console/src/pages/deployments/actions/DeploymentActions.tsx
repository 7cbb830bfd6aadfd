import { GoButton } from '~/parts/Go';
import type { TabProps } from '../tabs';

/** What one can do with a Deployment from wherever one looks at it. */
export function DeploymentActions({ deployment }: Pick<TabProps, 'deployment'>) {
  return <GoButton to={`/deployments/${deployment.id}/edit`}>Edit</GoButton>;
}
