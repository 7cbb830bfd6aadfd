import type { Schemas } from '~/api/client';

/** An Organization as the API tells of it, as much of it as pages look at. */
export const ORG = '/v1/organizations/org-1';

const AT = '2026-11-27T10:00:00Z';
const BY = { id: 'u-1', subjectType: 'USER', username: 'ada@example.com', fullName: 'Ada', apiTokenName: null };
export const DATES = { createdAt: AT, updatedAt: AT, createdBy: BY, updatedBy: BY };
const HELD = { organizationRole: 'ORGANIZATION_MEMBER', workspaceRoles: [], deploymentRoles: [], dagRoles: [] };

export const listed = (key: string, ...rows: unknown[]) => ({
  body: { [key]: rows, totalCount: rows.length, limit: 500, offset: 0 },
});

/** A refusal of the API: of one field's value, or of the whole request. */
export const refused = (message: string, field?: string) => ({
  status: field ? 400 : 403,
  body: { message, requestId: 'req-1', fieldErrors: field ? [{ field, code: 'INVALID', message }] : [] },
});

export const user = (given: object = {}) =>
  ({
    id: 'u-2',
    username: 'eve@example.com',
    fullName: 'Eve',
    status: 'ACTIVE',
    ...HELD,
    ...DATES,
    ...given,
  }) as unknown as Schemas['User'];

export const team = (given: object = {}) =>
  ({ id: 't-1', name: 'platform', description: '', ...HELD, ...DATES, ...given }) as unknown as Schemas['Team'];

export const token = (given: object = {}) =>
  ({
    id: 'k-1',
    name: 'ci',
    description: '',
    scope: 'WORKSPACE',
    shortToken: '…abc',
    token: null,
    roles: [{ entityType: 'WORKSPACE', entityId: 'ws-1', deploymentId: null, role: 'WORKSPACE_AUTHOR' }],
    expiryPeriodInDays: 90,
    endAt: '2099-01-01T00:00:00Z',
    lastUsedAt: null,
    lastRotatedAt: null,
    ...DATES,
    ...given,
  }) as unknown as Schemas['ApiToken'];

export const workspace = (given: object = {}) =>
  ({
    id: 'ws-1',
    name: 'Data',
    description: '',
    cicdEnforcedDefault: false,
    ...DATES,
    ...given,
  }) as unknown as Schemas['Workspace'];

export const cluster = (given: object = {}) =>
  ({
    id: 'cl-1',
    name: 'frankfurt',
    status: 'CREATED',
    healthStatus: { value: 'HEALTHY', details: [] },
    cloudProvider: 'AWS',
    region: 'eu-central-1',
    nodePools: [{ name: 'small', nodeInstanceType: 'm7g.large', supportedAstroMachines: ['A5', 'A10'] }],
    ...DATES,
    ...given,
  }) as unknown as Schemas['Cluster'];

/** What every page may ask for, with nothing in it but a Workspace. */
export const EMPTY = {
  [`GET ${ORG}/users`]: listed('users'),
  [`GET ${ORG}/teams`]: listed('teams'),
  [`GET ${ORG}/tokens`]: listed('tokens'),
  [`GET ${ORG}/roles`]: { body: { roles: [], defaultRoles: [], totalCount: 0, limit: 500, offset: 0 } },
  [`GET ${ORG}/invites`]: listed('invites'),
  [`GET ${ORG}/clusters`]: listed('clusters'),
  [`GET ${ORG}/deployments`]: listed('deployments'),
  [`GET ${ORG}/workspaces`]: listed('workspaces', workspace()),
  [`GET ${ORG}/allowed-ip-address-ranges`]: listed('allowedIpAddressRanges'),
};

export const sent = <T extends { method: string; path: string }>(asked: T[]) =>
  asked.filter(each => each.method !== 'GET');
