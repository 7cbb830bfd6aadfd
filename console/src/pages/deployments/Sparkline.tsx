import type { Schemas } from '~/api/client';
import { moment } from '~/parts/Time';
import { sum } from './sum';
import { type Decision, useDecisions } from './useDecisions';

const [WIDTH, HEIGHT, HOURS, EVERY_MINUTE] = [120, 28, 6, 60_000];

/** The tasks of a Deployment in the last hours, as small as a word. */
export function Sparkline({ deployment }: { deployment: Schemas['Deployment'] }) {
  const decisions = useDecisions(deployment.id, { hours: HOURS, limit: 200 }, EVERY_MINUTE);
  const points = demand(decisions.data ?? []);
  const most = Math.max(0, ...points.map(each => each.tasks));
  if (most === 0) return <>–</>;
  const end = decisions.dataUpdatedAt;
  const x = (at: number) => Math.max(0, WIDTH * (1 - (end - at) / (HOURS * 3_600_000)));
  const y = (tasks: number) => HEIGHT - 1 - (tasks / most) * (HEIGHT - 3);
  const steps = points.map(each => `H${x(each.at).toFixed(1)}V${y(each.tasks).toFixed(1)}`).join('');
  const line = `M0 ${y(0)}${steps}H${WIDTH}`;
  const words = `At most ${most} tasks at once in the last ${HOURS} hours`;
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
      <title>{`${words}; last change ${moment(new Date(points.at(-1)!.at))}`}</title>
      <path className="sparkline-area" d={`${line}V${HEIGHT}H0Z`} />
      <path className="sparkline-line" d={line} />
    </svg>
  );
}

/** Tasks queued and running in all queues together, each time that one of them changes; the oldest first. */
export function demand(decisions: readonly Decision[]): { at: number; tasks: number }[] {
  const queues = new Map<string, number>();
  return decisions.toReversed().map(each => {
    queues.set(each.queue, each.queued + each.running);
    return { at: Date.parse(each.decidedAt), tasks: sum([...queues.values()], amount => amount) };
  });
}
