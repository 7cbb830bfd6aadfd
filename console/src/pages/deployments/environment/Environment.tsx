import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '~/api/client';
import { Linked } from './Linked';
import { Variables } from './Variables';

/** What the Deployment's Airflow finds around it: variables of its own, and the objects that reach it. */
export function Environment({ deployment }: { deployment: Schemas['Deployment'] }) {
  return (
    <SpaceBetween size="l">
      <Variables deployment={deployment} />
      <Linked deployment={deployment} />
    </SpaceBetween>
  );
}
