import type { Schemas } from '~/api/client';
import { sum } from '../sum';
import type { Draft } from './draft';

/**
 * What a Deployment's compute costs an hour, as an estimate.
 *
 * The API tells no prices: every installation pays its own. The yardstick is what AWS Fargate asks for the same vCPU and memory, on demand,
 * Linux on x86, in us-east-1 (https://aws.amazon.com/fargate/pricing/, read in November 2026). Nodes of one's own usually cost less.
 */
const PER_VCPU = 0.04048;
const PER_GIB = 0.004445;
export const SOURCE = 'https://aws.amazon.com/fargate/pricing/';

/** vCPU and GiB of what runs beside the scheduler and the workers, as our clusters size them. */
const API_SERVER = [0.5, 1] as const;
const TRIGGERER = [0.5, 1] as const;
const BROKER = [0.25, 0.5] as const;
const PGBOUNCER = [0.1, 0.125] as const;

export interface Line {
  what: string;
  least: number;
  most: number;
}

const hourly = ([vcpu, gib]: readonly [number, number]) => vcpu * PER_VCPU + gib * PER_GIB;
const size = (spec: Schemas['MachineSpec'] | undefined) =>
  [Number(spec?.cpu ?? 0), Number.parseFloat(spec?.memory ?? '0')] as const;
const count = (text: string) => Math.max(0, Number(text) || 0);

/** One line for Airflow itself and one for each queue, from as few to as many workers as it may have. */
export function estimate(draft: Draft, options: Schemas['DeploymentOptions']): Line[] {
  const [vcpu, gib] = size(options.schedulerMachines.find(each => each.name === draft.schedulerSize)?.spec);
  const pairs = draft.isHighlyAvailable ? 2 : 1;
  const airflow =
    hourly([vcpu, gib]) * pairs +
    hourly([vcpu / 2, gib / 2]) +
    sum([API_SERVER, TRIGGERER, BROKER], hourly) +
    hourly(PGBOUNCER) * pairs;
  const queues = draft.queues.map(queue => {
    const worker = hourly(size(options.workerMachines.find(each => each.name === queue.machine)?.spec));
    const [least, most] = [count(queue.min), count(queue.max)];
    return {
      what: `Workers of ${queue.name || 'a queue'}, ${least} to ${most}`,
      least: worker * least,
      most: worker * most,
    };
  });
  return [{ what: 'Airflow itself', least: airflow, most: airflow }, ...queues];
}

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', minimumFractionDigits: 2 });
export const money = (amount: number) => dollars.format(amount);
