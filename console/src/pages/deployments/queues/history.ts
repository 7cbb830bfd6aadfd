import type { Decision } from '../useDecisions';

/** Columns over time, in seconds since 1970: what a step chart draws. A value holds until the next one. */
export interface History {
  times: number[];
  demand: (number | null)[];
  running: (number | null)[];
  workers: (number | null)[];
  target: (number | null)[];
  /** What the style in the shadow would have had. */
  shadow: (number | null)[];
}

const time = (decision: Decision) => Date.parse(decision.decidedAt) / 1000;

/** Decisions, in any order, as columns; the last values reach to `now` (ms), because what has not changed is not recorded. */
export function history(decided: readonly Decision[], thought: readonly Decision[], now: number): History {
  const told: History = { times: [], demand: [], running: [], workers: [], target: [], shadow: [] };
  const all = [...decided, ...thought].toSorted((one, other) => time(one) - time(other));
  let [real, shadow]: (Decision | undefined)[] = [];
  const add = (at: number) => {
    told.times.push(at);
    told.demand.push(real ? real.queued + real.running : null);
    told.running.push(real?.running ?? null);
    told.workers.push(real?.current ?? null);
    told.target.push(real?.target ?? null);
    told.shadow.push(shadow?.target ?? null);
  };
  for (const each of all) {
    if (each.isShadow) shadow = each;
    else real = each;
    // one column for each moment: what is decided in one plan has one time
    if (told.times.at(-1) === time(each)) for (const column of Object.values(told)) column.pop();
    add(time(each));
  }
  if (all.length > 0) add(now / 1000);
  return told;
}
