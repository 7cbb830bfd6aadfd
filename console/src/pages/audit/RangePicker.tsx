import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import type { Chosen } from './Filters';
import { USUAL_DAYS } from './spans';

const MOST_DAYS = 90;
const LAST = [1, 7, 30, 90].map(amount => ({
  key: String(amount),
  amount,
  unit: 'day' as const,
  type: 'relative' as const,
}));

/** Which days of the log are read; those of a calendar count whole, in UTC. */
export function RangePicker({ chosen, onChange }: { chosen: Chosen; onChange: (change: Chosen) => void }) {
  const value: DateRangePickerProps.Value =
    chosen.from && chosen.to
      ? { type: 'absolute', startDate: chosen.from, endDate: chosen.to }
      : { type: 'relative', amount: Number(chosen.last) || USUAL_DAYS, unit: 'day' };
  return (
    <DateRangePicker
      value={value}
      relativeOptions={LAST}
      isValidRange={judge}
      dateOnly
      showClearButton={false}
      expandToViewport
      placeholder="Choose days"
      getTimeOffset={() => 0}
      isDateEnabled={date => date.getTime() > Date.now() - (MOST_DAYS + 1) * 86_400_000 && date.getTime() <= Date.now()}
      i18nStrings={{
        ariaLabel: 'Days of the audit log',
        formatRelativeRange: range => (range.amount === 1 ? 'The last day' : `The last ${range.amount} days`),
      }}
      onChange={event => {
        const next = event.detail.value;
        if (next?.type === 'absolute') {
          onChange({ last: undefined, from: next.startDate.slice(0, 10), to: next.endDate.slice(0, 10) });
        } else {
          onChange({ last: next?.amount ?? USUAL_DAYS, from: undefined, to: undefined });
        }
      }}
    />
  );
}

const no = (errorMessage: string) => ({ valid: false as const, errorMessage });

function judge(value: DateRangePickerProps.Value | null): DateRangePickerProps.ValidationResult {
  if (!value) return no('Choose days.');
  if (value.type === 'relative') {
    const days = value.unit === 'week' ? value.amount * 7 : value.unit === 'month' ? value.amount * 31 : value.amount;
    return days >= 1 && days <= MOST_DAYS ? { valid: true } : no('Choose between one day and ninety.');
  }
  if (!value.startDate || !value.endDate) return no('Choose the first and the last day.');
  return value.startDate <= value.endDate ? { valid: true } : no('The first day is after the last one.');
}
