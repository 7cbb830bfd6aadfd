import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Box from '@cloudscape-design/components/box';
import { type QueueDraft, newQueue } from './draft';
import { QueueRow } from './QueueRow';
import type { SectionProps } from './section';

/** The queues that tasks wait in, and the workers that each one has. */
export function QueueFields({ draft, change, options, wrong }: SectionProps) {
  const set = (place: number, changed: Partial<QueueDraft>) =>
    change({ queues: draft.queues.map((each, at) => (at === place ? { ...each, ...changed } : each)) });
  const general = draft.queues.some((_, place) => wrong(`workerQueues[${place}]`)) ? undefined : wrong('workerQueues');
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Tasks wait in queues; each queue has workers of one size, as many as are needed within its bounds."
        >
          Worker queues
        </Header>
      }
    >
      <SpaceBetween size="l">
        {draft.queues.map((queue, place) => (
          <QueueRow
            key={queue.key}
            queue={queue}
            options={options}
            set={changed => set(place, changed)}
            wrong={field => wrong(`workerQueues[${place}].${field}`)}
            onRemove={
              queue.name === 'default' && draft.queues.filter(each => each.name === 'default').length === 1
                ? undefined
                : () => change({ queues: draft.queues.filter(each => each !== queue) })
            }
          />
        ))}
        {general && <Box color="text-status-error">{general}</Box>}
        <Button
          formAction="none"
          iconName="add-plus"
          onClick={() => change({ queues: [...draft.queues, newQueue('', options)] })}
        >
          Add a queue
        </Button>
      </SpaceBetween>
    </Container>
  );
}
