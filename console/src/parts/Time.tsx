import { useSyncExternalStore } from 'react';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const TICK = 10_000;
let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const tell of listeners) tell();
}, TICK);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How long from now, in words: "3 minutes ago", "in 2 hours". */
export function ago(at: string | Date, from = Date.now()): string {
  const seconds = (new Date(at).getTime() - from) / 1000;
  if (Math.abs(seconds) < TICK / 1000) return 'just now';
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

export const moment = (at: string | Date) => absolute.format(new Date(at));

/** Seconds as people say them: "45 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ''}`;
  const minutes = Math.round((whole % 3_600) / 60);
  return `${Math.floor(whole / 3_600)} h${minutes ? ` ${minutes} min` : ''}`;
}

/** A moment, told as the distance from now; the exact one on hover and to screen readers that ask. */
export function Time({ at }: { at: string | null | undefined }) {
  const from = useSyncExternalStore(subscribe, () => now);
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at, from)}
    </time>
  );
}
