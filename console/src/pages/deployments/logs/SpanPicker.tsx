import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import { type Span, whyNot } from './span';

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;
const LAST = [
  { key: '300', amount: 5, unit: 'minute', type: 'relative' },
  { key: '900', amount: 15, unit: 'minute', type: 'relative' },
  { key: '3600', amount: 1, unit: 'hour', type: 'relative' },
  { key: '21600', amount: 6, unit: 'hour', type: 'relative' },
  { key: '86400', amount: 24, unit: 'hour', type: 'relative' },
] as const;

interface Props {
  span: Span;
  /** What of the address changes. */
  onChange: (change: { range: string; from: string; to: string }) => void;
}

/** What time of the logs is read: the last minutes or hours, or from a moment to a moment, in the reader's own time. */
export function SpanPicker({ span, onChange }: Props) {
  return (
    <DateRangePicker
      value={valueOf(span)}
      relativeOptions={LAST}
      customRelativeRangeUnits={['minute', 'hour']}
      isValidRange={value => {
        const errorMessage = value ? whyNot(read(value)) : 'Choose a time.';
        return errorMessage ? { valid: false, errorMessage } : { valid: true };
      }}
      isDateEnabled={date => date.getTime() > Date.now() - 2 * 86_400_000 && date.getTime() <= Date.now()}
      absoluteFormat="slashed"
      hideTimeOffset
      showClearButton={false}
      expandToViewport
      ariaLabel="Time range"
      i18nStrings={{
        formatRelativeRange: ({ amount, unit }) => (amount === 1 ? `Last ${unit}` : `Last ${amount} ${unit}s`),
      }}
      onChange={({ detail: { value } }) => {
        if (!value) return;
        const next = read(value);
        if ('range' in next) onChange({ range: String(next.range), from: '', to: '' });
        else onChange({ range: '', from: next.startDate, to: next.endDate });
      }}
    />
  );
}

function valueOf(span: Span): DateRangePickerProps.Value {
  if (!('range' in span)) return { type: 'absolute', ...span };
  const known = LAST.find(each => each.key === String(span.range));
  if (known) return known;
  const isWhole = span.range % SECONDS.minute === 0;
  return {
    type: 'relative',
    amount: isWhole ? span.range / SECONDS.minute : span.range,
    unit: isWhole ? 'minute' : 'second',
  };
}

/** The kit's word for a time as ours; what is no moment yet is left as it is, to be refused. */
function read(value: DateRangePickerProps.Value): Span {
  if (value.type === 'relative') return { range: value.amount * (SECONDS[value.unit as keyof typeof SECONDS] ?? NaN) };
  return { startDate: moment(value.startDate), endDate: moment(value.endDate) };
}

function moment(words: string): string {
  const at = new Date(words);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
