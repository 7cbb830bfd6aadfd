import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Go } from '~/parts/Go';
import { Time } from '~/parts/Time';
import { sum } from '../sum';
import { Status } from '../Status';
import type { TabProps } from '../tabs';
import { newest, useDecisions } from '../useDecisions';
import { LastDeploy } from './LastDeploy';

/** What runs at this moment, and what comes next. */
export function Now({ deployment }: Pick<TabProps, 'deployment'>) {
  const decisions = useDecisions(deployment.id, { limit: 50 });
  const queues = newest(decisions.data ?? []);
  const unknown = decisions.error ? 'could not be read' : decisions.isPending ? '…' : undefined;
  return (
    <Container header={<Header variant="h2">Now</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Status', value: <Standing deployment={deployment} /> },
          {
            label: 'Workers',
            value: (
              <Figure words={unknown} amount={sum(queues, each => each.current)}>
                <Go to={`/deployments/${deployment.id}/queues`}>
                  {deployment.workerQueues.length === 1 ? 'in 1 queue' : `in ${deployment.workerQueues.length} queues`}
                </Go>
              </Figure>
            ),
          },
          {
            label: 'Tasks running',
            value: (
              <Figure words={unknown} amount={sum(queues, each => each.running)}>
                {sum(queues, each => each.queued)} wait for a worker
              </Figure>
            ),
          },
          { label: 'Last deploy', value: <LastDeploy deployment={deployment} /> },
        ]}
      />
    </Container>
  );
}

function Standing({ deployment }: Pick<TabProps, 'deployment'>) {
  const { nextEventType, nextEventAt, reason } = deployment.scalingStatus.hibernationStatus;
  return (
    <>
      <Status of={deployment} />
      <Box variant="small" color="text-body-secondary" display="block">
        {nextEventAt && (
          <>
            {nextEventType === 'WAKE' ? 'Wakes ' : 'Sleeps '}
            <Time at={nextEventAt} />
          </>
        )}
        {nextEventAt && reason && ': '}
        {reason}
      </Box>
    </>
  );
}

function Figure({ words, amount, children }: { words?: string; amount: number; children: React.ReactNode }) {
  if (words) return <>{words}</>;
  return (
    <>
      <Box fontSize="heading-l" fontWeight="bold" display="block">
        {amount}
      </Box>
      <Box variant="small" color="text-body-secondary">
        {children}
      </Box>
    </>
  );
}
