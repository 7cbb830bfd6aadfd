import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { Schemas } from '~/api/client';
import { nextKey, type ScheduleDraft } from './draft';
import { ScheduleRow } from './ScheduleRow';
import type { SectionProps } from './section';
import { HERE } from './zones';

const RULES = 'scalingSpec.hibernationSpec';
const SUGGESTED = [
  { id: 'nights', text: 'Nights', sleep: '0 20 * * *', wake: '0 7 * * *' },
  { id: 'working', text: 'Nights and weekends', sleep: '0 20 * * 1-5', wake: '0 7 * * 1-5' },
  { id: 'weekends', text: 'Weekends', sleep: '0 20 * * 5', wake: '0 7 * * 1' },
];

/** When it sleeps and wakes by itself. Asleep, nothing of its Airflow runs or costs. */
export function Sleep({ draft, change, wrong }: SectionProps) {
  const set = (place: number, changed: Partial<ScheduleDraft>) =>
    change({ schedules: draft.schedules.map((each, at) => (at === place ? { ...each, ...changed } : each)) });
  const add = (id: string) => {
    const { text, sleep, wake } = SUGGESTED.find(each => each.id === id)!;
    const added = { key: nextKey(), sleep, wake, zone: HERE, description: text, isEnabled: true };
    change({ schedules: [...draft.schedules, added] });
  };
  return (
    <Container
      header={
        <Header variant="h2" description="Asleep, nothing of its Airflow runs or costs; its database and code stay.">
          Sleep
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label="When it is idle" errorText={wrong(`${RULES}.idle.isEnabled`)} stretch>
          <Toggle
            checked={draft.isIdleRuleOn}
            onChange={event => change({ isIdleRuleOn: event.detail.checked })}
            description="It wakes by itself ahead of its next scheduled run."
          >
            Sleep when nothing has run for a while
          </Toggle>
        </FormField>
        {draft.isIdleRuleOn && (
          <FormField label="Idle minutes" errorText={wrong(`${RULES}.idle`)}>
            <Input
              type="number"
              inputMode="numeric"
              value={draft.idleMinutes}
              onChange={event => change({ idleMinutes: event.detail.value })}
            />
          </FormField>
        )}
        {draft.schedules.map((schedule, place) => (
          <ScheduleRow
            key={schedule.key}
            schedule={schedule}
            place={place + 1}
            set={changed => set(place, changed)}
            wrong={field => wrong(`${RULES}.schedules[${place}].${field}`)}
            onRemove={() => change({ schedules: draft.schedules.filter(each => each !== schedule) })}
          />
        ))}
        <ButtonDropdown items={SUGGESTED} onItemClick={event => add(event.detail.id)} expandToViewport>
          Add a schedule
        </ButtonDropdown>
        <FormField label="Runs that were missed meanwhile" errorText={wrong(`${RULES}.catchUp`)} stretch>
          <RadioGroup
            value={draft.catchUp}
            onChange={event => change({ catchUp: event.detail.value as Schemas['CatchUp'] })}
            items={[
              { value: 'AS_WRITTEN', label: 'As each DAG says', description: 'Its own catchup setting decides.' },
              { value: 'LATEST', label: 'Only the newest', description: 'Of each DAG, whatever it says.' },
            ]}
          />
        </FormField>
        <Toggle
          checked={draft.wakesOnVisit}
          onChange={event => change({ wakesOnVisit: event.detail.checked })}
          description="Whoever opens its Airflow waits a minute or two."
        >
          A visit wakes it
        </Toggle>
      </SpaceBetween>
    </Container>
  );
}
