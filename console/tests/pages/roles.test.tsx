import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Roles } from '~/pages/roles/Roles';
import { DATES, EMPTY, listed, ORG, refused, sent } from '../support/organization';
import { type Asked, server } from '../support/server';
import { choose, dialog, rowOf, show } from '../support/show';

const ROLES = `${ORG}/roles`;
const group = (scope: string, ...actions: string[]) => ({
  name: scope,
  scope,
  description: '',
  permissions: actions.map(action => ({ action, description: '' })),
});
const groups = [
  group('workspace', 'get', 'update', 'delete'),
  group('workspace.apiTokens', 'get', 'create'),
  group('deployment', 'get', 'update'),
  group('deployment.deploys', 'create'),
];
const builtIn = (name: string, scopeType: string, ...permissions: string[]) => ({
  name,
  description: '',
  scopeType,
  permissions,
});
const defaultRoles = [
  builtIn('WORKSPACE_OWNER', 'WORKSPACE', 'workspace.get', 'workspace.update', 'workspace.delete', 'deployment.get'),
  builtIn('WORKSPACE_MEMBER', 'WORKSPACE', 'workspace.get', 'deployment.get'),
  builtIn('DEPLOYMENT_ADMIN', 'DEPLOYMENT', 'deployment.get', 'deployment.update', 'deployment.deploys.create'),
];
const releaser = {
  id: 'r-1',
  name: 'releaser',
  description: 'Deploys and no more',
  scopeType: 'DEPLOYMENT',
  restrictedWorkspaceIds: ['ws-1'],
  ...DATES,
};
const permissions = ['deployment.get', 'deployment.deploys.create'];

const withRoles = (...roles: object[]) => ({
  ...EMPTY,
  'GET /v1/authorization/permission-groups': { body: groups },
  [`GET ${ROLES}`]: ({ query }: Asked) => ({
    body: { ...listed('roles', ...roles).body, defaultRoles: query.get('includeDefaultRoles') ? defaultRoles : [] },
  }),
  [`GET ${ROLES}/r-1`]: { body: { ...releaser, permissions } },
  [`GET ${ORG}/role-templates`]: {
    body: [builtIn('Reader', 'DEPLOYMENT', 'deployment.get'), builtIn('Runner', 'DAG', 'dag.get')],
  },
});

/** What the matrix says that a role may do with something. */
function may(role: string, noun: string) {
  const table = screen.getByText(noun).closest('table')!;
  const at = within(table)
    .getAllByRole('columnheader')
    .findIndex(each => each.textContent === role);
  return screen.getByText(noun).closest('tr')!.children[at]?.textContent;
}

describe('the matrix of roles', () => {
  it('tells which role may do what', async () => {
    server(withRoles());
    show(<Roles />);
    await screen.findByText('The Workspace itself');
    expect(may('Workspace Owner', 'The Workspace itself')).toBe('everything');
    expect(may('Workspace Member', 'The Workspace itself')).toBe('see');
    expect(may('Workspace Member', 'The Deployment itself')).toBe('see');
    expect(screen.queryByText('Deployment Admin')).toBeNull();
  });

  it('leaves out what no role of the kind may touch', async () => {
    server(withRoles());
    show(<Roles />);
    await screen.findByText('The Workspace itself');
    expect(screen.queryByText('API tokens')).toBeNull();
  });

  it('tells of the kind that the address names, with the roles that were made here', async () => {
    server(withRoles(releaser));
    show(<Roles />, '/?scope=DEPLOYMENT');
    await screen.findByRole('columnheader', { name: 'releaser' });
    expect(may('Deployment Admin', 'The Deployment itself')).toBe('everything');
    expect(may('releaser', 'The Deployment itself')).toBe('see');
    expect(may('releaser', 'Deploys')).toBe('create');
  });

  it('says why it could not be read', async () => {
    server({ ...withRoles(), 'GET /v1/authorization/permission-groups': refused('you may not') });
    show(<Roles />);
    expect(await screen.findByText('req-1')).toBeTruthy();
  });
});

describe('a role of one’s own', () => {
  it('is not there at first, and it is said why it cannot be read', async () => {
    server(withRoles());
    show(<Roles />);
    expect(await screen.findByText(/^None yet\./)).toBeTruthy();
    server({ ...withRoles(), [`GET ${ROLES}`]: refused('you may not') });
    show(<Roles />);
    expect((await screen.findAllByText('req-1')).length).toBeGreaterThan(0);
  });

  it('is listed with where it counts', async () => {
    server(withRoles(releaser));
    show(<Roles />);
    const row = await rowOf('releaser');
    expect(row.getByText('Deploys and no more')).toBeTruthy();
    expect(await row.findByText('Data')).toBeTruthy();
  });

  it('is made out of permissions, and keeps them when its name is refused', async () => {
    let tries = 0;
    const asked = server({
      ...withRoles(),
      [`POST ${ROLES}`]: () => (++tries === 1 ? refused('`ops` is taken', 'name') : { body: releaser }),
    });
    show(<Roles />);
    await userEvent.click(await screen.findByText('Create role'));
    await choose(dialog().getByLabelText(/^Begin with/), 'Reader');
    expect(dialog().getByText('Permissions (1)')).toBeTruthy();
    await userEvent.click(await dialog().findByLabelText('Deploys: create'));
    const name = dialog().getByLabelText('Name') as HTMLInputElement;
    await userEvent.type(name, 'ops{Enter}');
    expect(await dialog().findByText('`ops` is taken')).toBeTruthy();
    expect(dialog().getByText('req-1')).toBeTruthy();
    expect(dialog().getByText('Permissions (2)')).toBeTruthy();
    await userEvent.type(name, '2{Enter}');
    expect(await screen.findByText('The role ops2 is there.')).toBeTruthy();
    expect(sent(asked)[1]!.body).toEqual({
      name: 'ops2',
      description: '',
      scopeType: 'DEPLOYMENT',
      permissions,
      restrictedWorkspaceIds: [],
    });
  });

  it('cannot be made of nothing', async () => {
    const asked = server(withRoles());
    show(<Roles />);
    await userEvent.click(await screen.findByText('Create role'));
    await userEvent.type(dialog().getByLabelText('Name'), 'ops{Enter}');
    await userEvent.click(dialog().getByText('Create'));
    expect(sent(asked)).toEqual([]);
  });

  it('is changed for all who hold it', async () => {
    const asked = server({ ...withRoles(releaser), [`POST ${ROLES}/r-1`]: { body: releaser } });
    show(<Roles />, '/?scope=DEPLOYMENT');
    await screen.findByRole('columnheader', { name: 'releaser' });
    await userEvent.click(screen.getByLabelText('Edit the role releaser'));
    await userEvent.click(await dialog().findByLabelText('Deploys: create'));
    await userEvent.click(dialog().getByText('Save'));
    expect(await screen.findByText('The role is changed.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({
      name: 'releaser',
      description: 'Deploys and no more',
      permissions: ['deployment.get'],
      restrictedWorkspaceIds: ['ws-1'],
    });
  });

  it('is deleted after asking once more', async () => {
    const asked = server({ ...withRoles(releaser), [`DELETE ${ROLES}/r-1`]: { body: {} } });
    show(<Roles />);
    await userEvent.click(await screen.findByLabelText('Delete the role releaser'));
    expect(sent(asked)).toEqual([]);
    await userEvent.click(dialog().getByText('Delete'));
    expect(await screen.findByText('The role releaser is deleted.')).toBeTruthy();
    expect(sent(asked).map(each => each.path)).toEqual([`${ROLES}/r-1`]);
  });
});
