import type { Span } from './records';

/** What part of the log is chosen, as it is in the address: the last days, or from a day to a day. */
export interface Days {
  last?: number;
  from?: string;
  to?: string;
}

export const USUAL_DAYS = 7;
const DAY = 86_400_000;

export function spanOf({ last, from, to }: Days): Span {
  if (from && to) return { startDate: from, endDate: to };
  return { startDate: new Date(Date.now() - (Number(last) || USUAL_DAYS) * DAY).toISOString() };
}

/** Names a choice: for the cache, and for the file of an export. */
export const keyOf = ({ last, from, to }: Days) =>
  from && to ? `${from}-to-${to}` : `last-${Number(last) || USUAL_DAYS}-days`;
