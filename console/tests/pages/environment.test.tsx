import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Variables } from '~/pages/deployments/environment/Variables';
import { pasted } from '~/pages/deployments/environment/rows';
import { draftOf, held } from '~/pages/environment/draft';
import { EnvironmentManager } from '~/pages/environment/EnvironmentManager';
import type { EnvironmentObject } from '~/pages/environment/kinds';
import { withLink, withoutLink } from '~/pages/environment/reached';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { ORG } from '../support/organization';
import { server } from '../support/server';
import { show } from '../support/show';

const at = '2026-11-27T10:00:00Z';
const object = (given: object = {}) =>
  ({
    id: 'o-1',
    objectKey: 'sales',
    objectType: 'CONNECTION',
    scope: 'WORKSPACE',
    scopeEntityId: 'ws-1',
    description: '',
    autoLinkDeployments: false,
    connection: { type: 'postgres', host: 'db.example.com', port: 5432, login: 'ada', schema: null },
    links: [{ scope: 'DEPLOYMENT', scopeEntityId: 'dep-1', setFields: ['host'] }],
    excludeLinks: [{ scope: 'DEPLOYMENT', scopeEntityId: 'dep-2' }],
    setFields: ['password'],
    updatedAt: at,
    ...given,
  }) as unknown as EnvironmentObject;
const none = (key: string) => ({ body: { [key]: [], totalCount: 0, limit: 500, offset: 0 } });
const MANAGER = {
  [`GET ${ORG}/workspaces`]: none('workspaces'),
  [`GET ${ORG}/deployments`]: none('deployments'),
};

describe('variables of a Deployment', () => {
  const variables = [
    { key: 'STAGE', value: 'dev', isSecret: false, updatedAt: at },
    { key: 'KEY', value: '', isSecret: true, updatedAt: at },
  ];

  it('keeps a secret that nobody typed anew, shows what is refused in its place, and loses nothing', async () => {
    const asked = server({
      [`POST ${OF_DEPLOYMENT}`]: {
        status: 400,
        body: {
          message: 'the request is wrong',
          requestId: 'req-1',
          fieldErrors: [{ field: 'environmentVariables.0.value', message: 'too long' }],
        },
      },
    });
    show(<Variables deployment={deployment({ environmentVariables: variables })} />);
    const value = await screen.findByLabelText('Value of STAGE');
    await userEvent.type(value, '2');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('too long')).toBeTruthy();
    expect((screen.getByLabelText('Value of STAGE') as HTMLInputElement).value).toBe('dev2');
    expect((screen.getByLabelText('Value of KEY') as HTMLInputElement).type).toBe('password');
    expect((asked[0]!.body as { environmentVariables: object[] }).environmentVariables).toEqual([
      { key: 'STAGE', value: 'dev2', isSecret: false },
      { key: 'KEY', isSecret: true },
    ]);
  });

  it('reads the lines of a .env file', () => {
    expect(pasted('# none\nexport A="1 2"\nB=x=y').map(each => [each.key, each.value])).toEqual([
      ['A', '1 2'],
      ['B', 'x=y'],
    ]);
  });
});

describe('the environment manager', () => {
  it('shows what is of the type that the address names, and never a secret', async () => {
    const secret = { id: 'o-2', objectKey: 'token', objectType: 'AIRFLOW_VARIABLE', connection: null };
    const objects = [object(), object({ ...secret, airflowVariable: { isSecret: true, value: '' } })];
    server({
      ...MANAGER,
      [`GET ${ORG}/environment-objects`]: { body: { environmentObjects: objects, totalCount: 2 } },
    });
    show(<EnvironmentManager />, '/?type=AIRFLOW_VARIABLE');
    expect(await screen.findByText('token')).toBeTruthy();
    expect(screen.getByText('••••••')).toBeTruthy();
    expect(screen.queryByText('sales')).toBeNull();
  });

  it('says what it is for when nothing is there', async () => {
    server({ ...MANAGER, [`GET ${ORG}/environment-objects`]: none('environmentObjects') });
    show(<EnvironmentManager />);
    expect(await screen.findByText(/Nothing is kept here yet/)).toBeTruthy();
  });
});

describe('what a change says', () => {
  it('sends only what is different, and a secret only when it was typed', () => {
    const before = draftOf('CONNECTION', object());
    expect(held('CONNECTION', { ...before, host: 'new.example.com', port: '' }, before)).toEqual({
      host: 'new.example.com',
      port: null,
    });
    expect(held('CONNECTION', { ...before, password: 's', extra: '{"a": 1}' }, before)).toEqual({
      password: 's',
      extra: { a: 1 },
    });
    expect(() => held('CONNECTION', { ...before, extra: '[1]' }, before)).toThrow('one JSON object');
  });

  it('keeps the other links, and lets in what was left out', () => {
    const one = (scopeEntityId: string) => ({ scope: 'DEPLOYMENT', scopeEntityId });
    expect(withLink(object(), 'dep-2')).toEqual({ links: [one('dep-1'), one('dep-2')], excludeLinks: [] });
    expect(withoutLink(object(), 'dep-1')).toEqual({ links: [], excludeLinks: [one('dep-2')] });
  });
});
