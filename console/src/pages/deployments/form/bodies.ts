import type { Schemas } from '~/api/client';
import type { Draft } from './draft';

/** Text as a number; what is none goes as null, so that the API says under the field what it wants. */
const amount = (text: string) => (text.trim() && Number.isFinite(Number(text)) ? Number(text) : (null as never));

function common(draft: Draft) {
  return {
    name: draft.name.trim(),
    description: draft.description,
    workspaceId: draft.workspaceId,
    contactEmails: draft.contacts.split(/[\s,;]+/).filter(Boolean),
    isDevelopmentMode: draft.isDevelopment,
    // memory follows the cores
    defaultTaskPodCpu: draft.podCpu,
    resourceQuotaCpu: draft.quotaCpu,
    executor: draft.executor,
    schedulerSize: draft.schedulerSize,
    isCicdEnforced: draft.isCicdEnforced,
    isDagDeployEnabled: draft.isDagDeployEnabled,
    isHighAvailability: draft.isHighlyAvailable,
    scalingSpec: { style: draft.style, shadowStyle: draft.shadow, hibernationSpec: sleep(draft) },
    workerQueues: draft.queues.map(each => ({
      name: each.name.trim(),
      isDefault: each.name.trim() === 'default',
      astroMachine: each.machine,
      minWorkerCount: amount(each.min),
      maxWorkerCount: amount(each.max),
      workerConcurrency: amount(each.concurrency),
    })),
  };
}

function sleep(draft: Draft): Schemas['DeploymentHibernationSpecRequest'] {
  return {
    schedules: draft.schedules.map(each => ({
      hibernateAtCron: each.sleep.trim(),
      wakeAtCron: each.wake.trim(),
      timeZone: each.zone,
      description: each.description,
      isEnabled: each.isEnabled,
    })),
    idle: { isEnabled: draft.isIdleRuleOn, afterMinutes: amount(draft.idleMinutes) },
    catchUp: draft.catchUp,
    wakeOnVisit: draft.wakesOnVisit,
  };
}

type Create = Schemas['CreateStandardDeploymentRequest'] | Schemas['CreateDedicatedDeploymentRequest'];

export function createBody(draft: Draft, clusters: readonly Schemas['Cluster'][]): Create {
  const [kind, where] = draft.place.split(/:(.*)/);
  const cluster = kind === 'cluster' ? clusters.find(each => each.id === where) : undefined;
  const asked = { ...common(draft), astroRuntimeVersion: draft.runtime };
  if (cluster?.type === 'DEDICATED') return { ...asked, type: 'DEDICATED', clusterId: cluster.id };
  return {
    ...asked,
    type: 'STANDARD',
    ...(cluster && { clusterId: cluster.id }),
    ...(kind === 'region' && { region: where }),
  };
}

type Update = Schemas['UpdateStandardDeploymentRequest'] | Schemas['UpdateDedicatedDeploymentRequest'];

/** Environment variables are changed elsewhere: they go back as they came, and a secret's value, which never came, stays. */
export function updateBody(draft: Draft, before: Schemas['Deployment']): Update {
  return {
    ...common(draft),
    type: before.type as 'STANDARD',
    environmentVariables: before.environmentVariables.map(({ key, value, isSecret }) => ({
      key,
      isSecret,
      ...(!isSecret && { value }),
    })),
  };
}
