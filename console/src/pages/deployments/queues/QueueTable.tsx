import Box from '@cloudscape-design/components/box';
import { Go, GoButton } from '~/parts/Go';
import { read, ResourceTable } from '~/parts/ResourceTable';
import type { TabProps } from '../tabs';
import { newest, useDecisions } from '../useDecisions';

interface Props extends Pick<TabProps, 'deployment'> {
  /** The queue that is looked at. */
  chosen: string;
}

export function QueueTable({ deployment, chosen }: Props) {
  const decisions = useDecisions(deployment.id, { limit: 50 });
  const latest = new Map(newest(decisions.data ?? []).map(each => [each.queue, each]));
  return (
    <ResourceTable
      rows={read(deployment.workerQueues)}
      noun="queue"
      title="Worker queues"
      id={each => each.name}
      text={each => each.name}
      sortedBy="name"
      filtersFrom={10}
      actions={<GoButton to={`/deployments/${deployment.id}/edit`}>Edit</GoButton>}
      empty={{ words: 'It has no queue: each task gets a pod of its own.' }}
      columns={[
        {
          id: 'name',
          header: 'Name',
          sortingField: 'name',
          isRowHeader: true,
          cell: each =>
            each.name === chosen ? (
              <Box fontWeight="bold">{each.name}</Box>
            ) : (
              <Go to={`/deployments/${deployment.id}/queues/${each.name}`}>{each.name}</Go>
            ),
        },
        {
          id: 'workers',
          header: 'Workers',
          cell: each => latest.get(each.name)?.target ?? '–',
        },
        {
          id: 'bounds',
          header: 'Bounds',
          cell: each => `${each.minWorkerCount} to ${each.maxWorkerCount}`,
        },
        { id: 'running', header: 'Running', cell: each => latest.get(each.name)?.running ?? '–' },
        { id: 'queued', header: 'Queued', cell: each => latest.get(each.name)?.queued ?? '–' },
        {
          id: 'machine',
          header: 'Worker',
          minWidth: 250, // in one line, so that rows stay low where the table is wider than the window
          cell: each =>
            `${each.astroMachine}: ${each.podCpu} vCPU, ${each.podMemory}B, ${each.workerConcurrency} tasks at a time`,
        },
      ]}
    />
  );
}
