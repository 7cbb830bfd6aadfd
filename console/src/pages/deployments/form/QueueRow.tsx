import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { Schemas } from '~/api/client';
import { Choice } from '~/parts/Choice';
import type { QueueDraft } from './draft';

interface Props {
  queue: QueueDraft;
  options: Schemas['DeploymentOptions'];
  set: (changed: Partial<QueueDraft>) => void;
  wrong: (field: string) => string | undefined;
  /** None for the queue that has to be there. */
  onRemove?: () => void;
}

export function QueueRow({ queue, options, set, wrong, onRemove }: Props) {
  const machine = options.workerMachines.find(each => each.name === queue.machine);
  const named = queue.name || 'the new queue';
  const choose = (name: Schemas['Machine']) => {
    // as many tasks at a time as suit the new machine
    const next = options.workerMachines.find(each => each.name === name);
    set({ machine: name, concurrency: String(next?.concurrency.default ?? queue.concurrency) });
  };
  return (
    <fieldset className="queue-fields" aria-label={`Queue ${queue.name || 'without a name yet'}`}>
      <ColumnLayout columns={2}>
        <FormField
          label="Name"
          errorText={wrong('name') ?? wrong('isDefault') ?? wrong('id')}
          constraintText={
            queue.isKept || onRemove === undefined
              ? 'Stays what it is.'
              : 'Lower case letters, digits and hyphens; DAGs name it as their tasks’ queue.'
          }
        >
          <Input
            value={queue.name}
            disabled={queue.isKept || onRemove === undefined}
            onChange={event => set({ name: event.detail.value })}
            placeholder="heavy"
          />
        </FormField>
        <FormField label="Machine of a worker" errorText={wrong('astroMachine')}>
          <Choice
            value={queue.machine}
            onChange={choose}
            options={options.workerMachines.map(each => ({
              value: each.name,
              label: `${each.name}: ${each.spec.cpu} vCPU, ${each.spec.memory}B`,
            }))}
          />
        </FormField>
      </ColumnLayout>
      <ColumnLayout columns={3}>
        <Amount label="Fewest workers" value={queue.min} error={wrong('minWorkerCount')} set={min => set({ min })}>
          0: none while nothing is due
        </Amount>
        <Amount label="Most workers" value={queue.max} error={wrong('maxWorkerCount')} set={max => set({ max })}>
          Up to {options.workerQueues.maxWorkers.ceiling}
        </Amount>
        <Amount
          label="Tasks at a time"
          value={queue.concurrency}
          error={wrong('workerConcurrency')}
          set={concurrency => set({ concurrency })}
        >
          On one worker{machine && `, up to ${machine.concurrency.ceiling}`}
        </Amount>
      </ColumnLayout>
      {onRemove && (
        <Button variant="inline-link" formAction="none" ariaLabel={`Remove ${named}`} onClick={onRemove}>
          Remove this queue
        </Button>
      )}
    </fieldset>
  );
}

interface AmountProps {
  label: string;
  value: string;
  error?: string;
  set: (value: string) => void;
  children: React.ReactNode;
}

function Amount({ label, value, error, set, children }: AmountProps) {
  return (
    <FormField label={label} errorText={error} constraintText={children}>
      <Input type="number" inputMode="numeric" value={value} onChange={event => set(event.detail.value)} />
    </FormField>
  );
}
