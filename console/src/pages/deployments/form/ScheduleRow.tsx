import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Toggle from '@cloudscape-design/components/toggle';
import { Choice } from '~/parts/Choice';
import type { ScheduleDraft } from './draft';
import { ZONES } from './zones';

interface Props {
  schedule: ScheduleDraft;
  place: number;
  set: (changed: Partial<ScheduleDraft>) => void;
  wrong: (field: string) => string | undefined;
  onRemove: () => void;
}

export function ScheduleRow({ schedule, place, set, wrong, onRemove }: Props) {
  // a zone that is no longer in the browser's list stays choosable
  const zones = ZONES.includes(schedule.zone) ? ZONES : [schedule.zone, ...ZONES];
  return (
    <fieldset className="queue-fields" aria-label={`Schedule ${place}`}>
      <ColumnLayout columns={2}>
        <FormField label="What for" errorText={wrong('description')}>
          <Input value={schedule.description} onChange={event => set({ description: event.detail.value })} />
        </FormField>
        <FormField label="Time zone" errorText={wrong('timeZone')}>
          <Choice
            value={schedule.zone}
            onChange={zone => set({ zone })}
            options={zones.map(each => ({ value: each, label: each }))}
          />
        </FormField>
        <FormField
          label="Sleeps at"
          constraintText="Cron: minute, hour, day, month, weekday"
          errorText={wrong('hibernateAtCron')}
        >
          <Input value={schedule.sleep} onChange={event => set({ sleep: event.detail.value })} spellcheck={false} />
        </FormField>
        <FormField label="Wakes at" constraintText="0 7 * * 1-5 is 7:00 on workdays" errorText={wrong('wakeAtCron')}>
          <Input value={schedule.wake} onChange={event => set({ wake: event.detail.value })} spellcheck={false} />
        </FormField>
      </ColumnLayout>
      <div className="queue-foot">
        <Toggle checked={schedule.isEnabled} onChange={event => set({ isEnabled: event.detail.checked })}>
          In force
        </Toggle>
        <Button variant="inline-link" formAction="none" ariaLabel={`Remove schedule ${place}`} onClick={onRemove}>
          Remove this schedule
        </Button>
      </div>
    </fieldset>
  );
}
