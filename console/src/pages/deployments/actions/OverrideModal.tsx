import Box from '@cloudscape-design/components/box';
import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useState } from 'react';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import type { TabProps } from '../tabs';
import { inHours, override } from './override';

interface Props extends Pick<TabProps, 'deployment'> {
  isHibernating: boolean;
  onClose: () => void;
}

const HERE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const WORDS = {
  sleep: {
    title: 'Put %s to sleep',
    verb: 'Put to sleep',
    what: 'Tasks that run now may end; then its Airflow stops and costs nothing. Its database and its code stay.',
    open: 'Until somebody needs it: a deploy or a visit to its Airflow wakes it',
    done: '%s goes to sleep.',
  },
  wake: {
    title: 'Wake %s',
    verb: 'Wake',
    what: 'It starts within a minute or two and stays awake, whatever its rules for sleeping say.',
    open: 'Until further notice',
    done: '%s wakes up.',
  },
};

/** Asleep or awake now, until a time or until taken back. */
export function OverrideModal({ deployment, isHibernating, onClose }: Props) {
  const { organizationId } = useSelf();
  const [span, setSpan] = useState(isHibernating ? 'open' : '2');
  const [[day, time], setTime] = useState(['', '08:00']);
  const attempt = useAttempt();
  const words = WORDS[isHibernating ? 'sleep' : 'wake'];
  const named = (text: string) => text.replace('%s', deployment.name);
  const until = () =>
    span === 'open' ? null : span === 'time' ? new Date(`${day}T${time}`).toISOString() : inHours(Number(span));
  const submit = async () => {
    const word = { isHibernating, until: until() };
    await attempt.run(() => override(organizationId, deployment.id, word), named(words.done), onClose);
  };
  return (
    <FormModal
      title={named(words.title)}
      verb={words.verb}
      attempt={attempt}
      disabled={span === 'time' && !(day && /^\d\d:\d\d$/.test(time))}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Box>{words.what}</Box>
      <FormField label="For how long" errorText={attempt.failure?.field('overrideUntil')} stretch>
        <RadioGroup
          value={span}
          onChange={event => setSpan(event.detail.value)}
          items={[
            { value: 'open', label: words.open },
            { value: '2', label: 'For 2 hours' },
            { value: '12', label: 'For 12 hours' },
            { value: 'time', label: 'Until a day and time' },
          ]}
        />
      </FormField>
      {span === 'time' && (
        <SpaceBetween direction="horizontal" size="s">
          <FormField label="Day">
            <DatePicker
              value={day}
              onChange={event => setTime([event.detail.value, time])}
              isDateEnabled={date => date.getTime() > Date.now() - 86_400_000}
              openCalendarAriaLabel={chosen => (chosen ? `Choose a day, ${chosen} is chosen` : 'Choose a day')}
              placeholder="YYYY/MM/DD"
            />
          </FormField>
          <FormField label={`Time (${HERE})`}>
            <TimeInput format="hh:mm" value={time} onChange={event => setTime([day, event.detail.value])} />
          </FormField>
        </SpaceBetween>
      )}
    </FormModal>
  );
}
