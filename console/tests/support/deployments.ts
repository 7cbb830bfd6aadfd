import type { Schemas } from '~/api/client';
import { DATES, EMPTY, listed, ORG } from './organization';

type Deployment = Schemas['Deployment'];

export const DEPLOYMENTS = `${ORG}/deployments`;
export const OF_DEPLOYMENT = `${DEPLOYMENTS}/dep-1`;

/** One as the API tells it; `given` says what is different about it. */
export const deployment = (given: Partial<Deployment> = {}) =>
  ({
    id: 'dep-1',
    name: 'etl',
    description: '',
    type: 'STANDARD',
    status: 'HEALTHY',
    statusReason: '',
    deploymentHealthStatus: { incidents: [] },
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    workspaceName: 'Data',
    clusterId: 'cl-1',
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
    ...DATES,
    ...given,
  }) as Deployment;

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
export const answers = (...found: Deployment[]) => ({
  ...EMPTY,
  [`GET ${DEPLOYMENTS}`]: listed('deployments', ...found),
  [`GET ${ORG}/deployment-options`]: { body: options },
  ...Object.fromEntries(
    found.flatMap(one => [
      [`GET ${DEPLOYMENTS}/${one.id}`, { body: one }],
      [`GET ${DEPLOYMENTS}/${one.id}/deploys`, listed('deploys')],
      [`GET ${DEPLOYMENTS}/${one.id}/scaling-decisions`, listed('scalingDecisions')],
    ]),
  ),
});
