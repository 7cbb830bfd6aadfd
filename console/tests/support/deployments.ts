import type { Schemas } from '~/api/client';

type Deployment = Schemas['Deployment'];
const who = { id: 'u1', subjectType: 'USER', username: 'ada', fullName: 'Ada', avatarUrl: null, apiTokenName: null };
export const BASE = '/v1/organizations/o1/deployments';

/** One as the API tells it; `told` says what is different about it. */
export function deployment(told: Partial<Deployment> = {}): Deployment {
  return {
    id: 'd1',
    name: 'etl',
    description: '',
    type: 'STANDARD',
    status: 'HEALTHY',
    statusReason: '',
    deploymentHealthStatus: { incidents: [] },
    organizationId: 'o1',
    workspaceId: 'w1',
    workspaceName: 'main',
    clusterId: 'c1',
    clusterName: 'standard',
    region: 'us-east-1',
    contactEmails: [],
    airflowVersion: '3.3.2',
    runtimeVersion: '3.3-1',
    desiredDagTarballVersion: 'v1',
    executor: 'CELERY',
    environmentVariables: [],
    isCicdEnforced: false,
    isDagDeployEnabled: true,
    isDevelopmentMode: true,
    isHighAvailability: false,
    schedulerSize: 'SMALL',
    workerQueues: [
      {
        id: 'q1',
        name: 'default',
        isDefault: true,
        astroMachine: 'A5',
        minWorkerCount: 0,
        maxWorkerCount: 2,
        workerConcurrency: 5,
        nodePoolId: null,
        podCpu: '1',
        podMemory: '2Gi',
        podEphemeralStorage: '10Gi',
      },
    ],
    defaultTaskPodCpu: '0.25',
    resourceQuotaCpu: '10',
    scalingSpec: null,
    scalingStatus: {
      hibernationStatus: { isHibernating: false, nextEventType: null, nextEventAt: null, reason: '' },
    },
    createdAt: '2026-11-27T10:00:00Z',
    updatedAt: '2026-11-27T10:00:00Z',
    createdBy: who,
    updatedBy: who,
    ...told,
  } as Deployment;
}

export const options = {
  executors: ['ASTRO', 'CELERY'],
  resourceQuotas: {
    defaultPodSize: { cpu: { floor: '0.25', default: '0.25', ceiling: '32' } },
    resourceQuota: { cpu: { floor: '1', default: '10', ceiling: '6400' } },
  },
  runtimeReleases: [{ version: '3.3-1', airflowVersion: '3.3.2', channel: 'stable' }],
  schedulerMachines: [{ name: 'SMALL', spec: { cpu: '1', memory: '2Gi' } }],
  workerMachines: [
    { name: 'A5', concurrency: { floor: 1, default: 5, ceiling: 15 }, spec: { cpu: '1', memory: '2Gi' } },
    { name: 'A10', concurrency: { floor: 1, default: 10, ceiling: 30 }, spec: { cpu: '2', memory: '4Gi' } },
  ],
  workerQueues: {
    minWorkers: { floor: 0, default: 1, ceiling: 100 },
    maxWorkers: { floor: 1, default: 10, ceiling: 100 },
    workerConcurrency: { floor: 1, default: 5, ceiling: 480 },
  },
  workloadIdentityOptions: [],
} as unknown as Schemas['DeploymentOptions'];

/** What the pages about these Deployments ask for. */
export function answers(...found: Deployment[]) {
  const page = { limit: 500, offset: 0 };
  const each = found.flatMap(one => [
    [`GET ${BASE}/${one.id}`, { body: one }],
    [`GET ${BASE}/${one.id}/deploys`, { body: { ...page, totalCount: 0, deploys: [] } }],
    [`GET ${BASE}/${one.id}/scaling-decisions`, { body: { ...page, totalCount: 0, scalingDecisions: [] } }],
  ]);
  return {
    [`GET ${BASE}`]: { body: { ...page, totalCount: found.length, deployments: found } },
    'GET /v1/organizations/o1/workspaces': {
      body: { ...page, totalCount: 1, workspaces: [{ id: 'w1', name: 'main', description: '' }] },
    },
    'GET /v1/organizations/o1/clusters': { body: { ...page, totalCount: 0, clusters: [] } },
    'GET /v1/organizations/o1/deployment-options': { body: options },
    ...(Object.fromEntries(each) as Record<string, { body: unknown }>),
  };
}
