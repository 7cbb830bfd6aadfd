import type { Schemas } from '~/api/client';

export interface QueueDraft {
  /** Of this form, so that rows keep their inputs when one goes. */
  key: number;
  name: string;
  isKept: boolean;
  machine: Schemas['Machine'];
  min: string;
  max: string;
  concurrency: string;
}

export interface ScheduleDraft {
  key: number;
  sleep: string;
  wake: string;
  zone: string;
  description: string;
  isEnabled: boolean;
}

/** What the form holds: as it is typed, so numbers are text until they are sent. */
export interface Draft {
  name: string;
  description: string;
  contacts: string;
  workspaceId: string;
  /** `region:us-east-1`, `cluster:<id>`, or empty for wherever its Workspace says. */
  place: string;
  runtime: string;
  executor: Schemas['Executor'];
  schedulerSize: Schemas['SchedulerSize'];
  isDevelopment: boolean;
  isHighlyAvailable: boolean;
  isCicdEnforced: boolean;
  isDagDeployEnabled: boolean;
  podCpu: string;
  quotaCpu: string;
  queues: QueueDraft[];
  style: Schemas['Style'];
  shadow: Schemas['Style'] | 'NONE';
  schedules: ScheduleDraft[];
  isIdleRuleOn: boolean;
  idleMinutes: string;
  catchUp: Schemas['CatchUp'];
  wakesOnVisit: boolean;
}

let drawn = 0;
export const nextKey = () => ++drawn;

export function newQueue(name: string, options: Schemas['DeploymentOptions']): QueueDraft {
  const machine = options.workerMachines[0]!;
  const { minWorkers, maxWorkers } = options.workerQueues;
  const [min, max, concurrency] = [minWorkers.default, maxWorkers.default, machine.concurrency.default].map(String);
  return {
    key: nextKey(),
    name,
    isKept: false,
    machine: machine.name,
    min: min!,
    max: max!,
    concurrency: concurrency!,
  };
}

/** A Deployment that was not asked for yet, by the service's own defaults. */
export function blank(options: Schemas['DeploymentOptions'], workspaceId: string): Draft {
  const { defaultPodSize, resourceQuota } = options.resourceQuotas;
  return {
    name: '',
    description: '',
    contacts: '',
    workspaceId,
    place: '',
    runtime: options.runtimeReleases[0]!.version,
    executor: options.executors.includes('CELERY') ? 'CELERY' : (options.executors[0] as Schemas['Executor']),
    schedulerSize: options.schedulerMachines[0]!.name,
    isDevelopment: false,
    isHighlyAvailable: false,
    isCicdEnforced: false,
    isDagDeployEnabled: true,
    podCpu: defaultPodSize.cpu.default,
    quotaCpu: resourceQuota.cpu.default,
    queues: [newQueue('default', options)],
    style: 'BALANCED',
    shadow: 'NONE',
    schedules: [],
    isIdleRuleOn: false,
    idleMinutes: '60',
    catchUp: 'AS_WRITTEN',
    wakesOnVisit: true,
  };
}

/** A Deployment that is there, to be changed. */
export function draftOf(deployment: Schemas['Deployment']): Draft {
  const { hibernationSpec: sleep, style, shadowStyle } = deployment.scalingSpec ?? {};
  return {
    name: deployment.name,
    description: deployment.description,
    contacts: deployment.contactEmails.join(', '),
    workspaceId: deployment.workspaceId,
    place: `cluster:${deployment.clusterId}`,
    runtime: deployment.runtimeVersion,
    executor: deployment.executor,
    schedulerSize: deployment.schedulerSize,
    isDevelopment: deployment.isDevelopmentMode,
    isHighlyAvailable: deployment.isHighAvailability,
    isCicdEnforced: deployment.isCicdEnforced,
    isDagDeployEnabled: deployment.isDagDeployEnabled,
    podCpu: deployment.defaultTaskPodCpu,
    quotaCpu: deployment.resourceQuotaCpu,
    queues: deployment.workerQueues.map(each => ({
      key: nextKey(),
      name: each.name,
      isKept: true,
      machine: each.astroMachine as Schemas['Machine'],
      min: String(each.minWorkerCount),
      max: String(each.maxWorkerCount),
      concurrency: String(each.workerConcurrency),
    })),
    style: style ?? 'BALANCED',
    shadow: shadowStyle ?? 'NONE',
    schedules: (sleep?.schedules ?? []).map(each => ({
      key: nextKey(),
      sleep: each.hibernateAtCron,
      wake: each.wakeAtCron,
      zone: each.timeZone,
      description: each.description,
      isEnabled: each.isEnabled,
    })),
    isIdleRuleOn: sleep?.idle.isEnabled ?? false,
    idleMinutes: String(sleep?.idle.afterMinutes ?? 60),
    catchUp: sleep?.catchUp ?? 'AS_WRITTEN',
    wakesOnVisit: sleep?.wakeOnVisit ?? true,
  };
}
