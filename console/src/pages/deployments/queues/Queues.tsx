import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TabProps } from '../tabs';
import { Advice } from './Advice';
import { Decisions } from './Decisions';
import { QueueTable } from './QueueTable';
import { WhatIf } from './WhatIf';

/** The worker queues, what is decided about them and why, and what other settings would have done. `rest` names a queue. */
export function Queues({ deployment, rest }: TabProps) {
  const queue = deployment.workerQueues.find(each => each.name === rest) ?? deployment.workerQueues[0];
  return (
    <SpaceBetween size="l">
      <QueueTable deployment={deployment} chosen={queue?.name ?? ''} />
      {queue && <Decisions deployment={deployment} queue={queue} />}
      <WhatIf deployment={deployment} />
      <Advice deployment={deployment} />
    </SpaceBetween>
  );
}
