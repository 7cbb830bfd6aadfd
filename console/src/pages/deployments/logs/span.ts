const USUAL = 3_600;
const DAY = 86_400;

/** What time of the logs is read, as the API takes it: so many seconds until now, or from a moment to a moment. */
export type Span = { range: number } | { startDate: string; endDate: string };

/** What the address says: `range`, or `from` and `to`; an hour when it says nothing that can be read. */
export function spanOf({ range, from, to }: Record<string, string>): Span {
  if (isMoment(from) && isMoment(to)) return { startDate: from, endDate: to };
  const seconds = Number(range);
  return { range: Number.isInteger(seconds) && seconds >= 1 && seconds <= DAY ? seconds : USUAL };
}

const isMoment = (words: string | undefined): words is string => !!words && !Number.isNaN(Date.parse(words));

/** Why the API would refuse a time, in words; nothing when it takes it. */
export function whyNot(span: Span): string | undefined {
  if ('range' in span) return span.range >= 1 && span.range <= DAY ? undefined : 'Logs are kept for 24 hours.';
  const [from, to] = [Date.parse(span.startDate), Date.parse(span.endDate)];
  if (Number.isNaN(from) || Number.isNaN(to)) return 'Choose when it begins and when it ends.';
  if (from < Date.now() - DAY * 1000) return 'It begins more than 24 hours ago; logs are kept for 24 hours.';
  if (from > Date.now()) return 'It begins in the future.';
  return from < to ? undefined : 'It ends before it begins.';
}
