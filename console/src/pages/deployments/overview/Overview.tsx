import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TabProps } from '../tabs';
import { Attention } from './Attention';
import { Facts } from './Facts';
import { FirstDeploy } from './FirstDeploy';
import { Now } from './Now';

/** How one Deployment stands: what is wrong, what runs, and what it is. */
export function Overview({ deployment }: TabProps) {
  return (
    <SpaceBetween size="l">
      <Attention deployment={deployment} />
      <FirstDeploy deployment={deployment} />
      <Now deployment={deployment} />
      <Facts deployment={deployment} />
    </SpaceBetween>
  );
}
