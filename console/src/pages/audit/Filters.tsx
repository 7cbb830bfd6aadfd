import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type AuditRecord, inWords } from './records';
import type { Days } from './spans';

/** What is chosen, as it is in the address. */
export interface Chosen extends Days {
  who?: string;
  what?: string;
  outcome?: 'done' | 'refused';
}

interface Props {
  chosen: Chosen;
  /** All of the time, of which the choices are made. */
  records: AuditRecord[];
  nameOf: (id: string) => string | undefined;
  onChange: (change: Chosen) => void;
}

const OUTCOMES = [
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
];

/** Each value once, by what people call it. */
const choices = (values: string[], words: (value: string) => string) =>
  [...new Set(values)]
    .map(value => ({ value, label: words(value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label));

/** Narrows the log by who, what and how it went. */
export function Filters({ chosen, records, nameOf, onChange }: Props) {
  const subjects = choices(
    records.map(each => each.subjectId),
    id => nameOf(id) ?? id,
  );
  const operations = choices(records.map(each => each.operationId).filter(Boolean), inWords);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Choice label="Anybody" name="Who" options={subjects} value={chosen.who} onChange={who => onChange({ who })} />
      <Choice
        label="Anything"
        name="What"
        options={operations}
        value={chosen.what}
        onChange={what => onChange({ what })}
      />
      <Choice
        label="Any outcome"
        name="Outcome"
        options={OUTCOMES}
        value={chosen.outcome}
        onChange={outcome => onChange({ outcome: outcome as Chosen['outcome'] })}
      />
    </SpaceBetween>
  );
}

interface ChoiceProps {
  /** What is said when nothing is chosen. */
  label: string;
  name: string;
  options: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Choice({ label, name, options, value, onChange }: ChoiceProps) {
  const all = [{ value: '', label }, ...options];
  return (
    <Select
      options={all}
      selectedOption={all.find(each => each.value === (value ?? '')) ?? { value, label: value }}
      onChange={event => onChange(event.detail.selectedOption.value || undefined)}
      ariaLabel={name}
      filteringType={options.length > 10 ? 'auto' : 'none'}
      expandToViewport
    />
  );
}
