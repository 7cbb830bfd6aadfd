import type { Schemas } from '~/api/client';

/** A Deployment as the API tells it, as much of it as pages look at. */
export const deployment = (given: Partial<Schemas['Deployment']> = {}): Schemas['Deployment'] =>
  ({
    id: 'dep-1',
    name: 'etl',
    type: 'STANDARD',
    status: 'HEALTHY',
    statusReason: '',
    organizationId: 'org-1',
    workspaceId: 'ws-1',
    workspaceName: 'Data',
    executor: 'CELERY',
    schedulerSize: 'SMALL',
    isCicdEnforced: false,
    isDagDeployEnabled: true,
    isHighAvailability: false,
    dagTarballVersion: '',
    desiredDagTarballVersion: '',
    environmentVariables: [],
    ...given,
  }) as Schemas['Deployment'];

export const IN_ORGANIZATION = '/v1/organizations/org-1';
export const OF_DEPLOYMENT = `${IN_ORGANIZATION}/deployments/dep-1`;
