import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '~/api/client';
import { DeploymentTokens } from './DeploymentTokens';
import { Explain } from './Explain';
import { Holders } from './Holders';

/** Who may do what on a Deployment, and why. */
export function Access({ deployment }: { deployment: Schemas['Deployment'] }) {
  return (
    <SpaceBetween size="l">
      <Holders deployment={deployment} />
      <DeploymentTokens deployment={deployment} />
      <Explain deployment={deployment} />
    </SpaceBetween>
  );
}
