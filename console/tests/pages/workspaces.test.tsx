import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Workspaces } from '~/pages/workspaces/Workspaces';
import { answers, deployment } from '../support/deployments';
import { cluster, EMPTY, listed, ORG, refused, sent, team, token, user, workspace } from '../support/organization';
import { server } from '../support/server';
import { choose, dialog, here, open, rowOf, show } from '../support/show';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/workspaces/WorkspacePage';
import '~/pages/deployments/form/CreateDeployment';

const WORKSPACES = `${ORG}/workspaces`;
const OF_WORKSPACE = `${WORKSPACES}/ws-1`;
const ANSWERS = { ...EMPTY, [`GET ${OF_WORKSPACE}`]: { body: workspace() } };

describe('Workspaces', () => {
  it('are listed with how many Deployments each holds', async () => {
    server({
      ...EMPTY,
      [`GET ${WORKSPACES}`]: listed(
        'workspaces',
        workspace({ description: 'All the numbers' }),
        workspace({ id: 'ws-2', name: 'Ads' }),
      ),
      [`GET ${ORG}/deployments`]: listed('deployments', deployment(), deployment({ id: 'dep-2' })),
    });
    show(<Workspaces />);
    const data = await rowOf('Data');
    expect(await data.findByText('2')).toBeTruthy();
    expect(data.getByText('All the numbers')).toBeTruthy();
    expect((await rowOf('Ads')).getByText('0')).toBeTruthy();
  });

  it('say that there is none, and why they could not be read', async () => {
    server({ ...EMPTY, [`GET ${WORKSPACES}`]: listed('workspaces') });
    show(<Workspaces />);
    expect(await screen.findByText('No Workspace yet.')).toBeTruthy();
    server({ ...EMPTY, [`GET ${WORKSPACES}`]: refused('you may not') });
    show(<Workspaces />);
    expect(await screen.findByText('req-1')).toBeTruthy();
  });

  it('are made once the name is right; what was typed stays until then', async () => {
    let tries = 0;
    const asked = server({
      ...EMPTY,
      [`POST ${WORKSPACES}`]: () =>
        ++tries === 1 ? refused('`Ads` is taken', 'name') : { body: workspace({ id: 'ws-9' }) },
    });
    show(<Workspaces />);
    await userEvent.click(await screen.findByText('Create Workspace'));
    const name = dialog().getByLabelText('Name') as HTMLInputElement;
    await userEvent.type(name, 'Ads{Enter}');
    expect(await dialog().findByText('`Ads` is taken')).toBeTruthy();
    expect(dialog().getByText('req-1')).toBeTruthy();
    expect(name.value).toBe('Ads');
    await userEvent.type(name, ' 2{Enter}');
    await waitFor(() => expect(here()).toBe('/workspaces/ws-9'));
    expect(sent(asked)[1]!.body).toMatchObject({ name: 'Ads 2', description: '', cicdEnforcedDefault: false });
  });
});

describe('one Workspace', () => {
  it('says why it could not be read', async () => {
    server({ ...EMPTY, [`GET ${OF_WORKSPACE}`]: refused('you may not') });
    open('/workspaces/ws-1');
    expect(await screen.findByText('The Workspace could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });

  it('is edited, and its cluster of new Deployments is taken back', async () => {
    const asked = server({
      ...ANSWERS,
      [`GET ${OF_WORKSPACE}`]: { body: workspace({ description: 'Numbers', defaultClusterId: 'cl-1' }) },
      [`GET ${ORG}/clusters`]: listed('clusters', cluster()),
      [`POST ${OF_WORKSPACE}`]: { body: workspace() },
    });
    open('/workspaces/ws-1');
    await userEvent.click(await screen.findByText('Edit'));
    await userEvent.type(dialog().getByLabelText('Name'), ' 2');
    await choose(dialog().getByLabelText(/^Cluster of new/), 'Whichever has room');
    await userEvent.click(dialog().getByText('Deploys by pipelines only'));
    await userEvent.click(dialog().getByText('Save'));
    expect(await screen.findByText('The Workspace is changed.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({
      name: 'Data 2',
      description: 'Numbers',
      cicdEnforcedDefault: true,
      // to the API null changes nothing, and nothing is taken back but by an empty word
      defaultClusterId: '',
    });
  });

  it('is deleted once its name is typed, and says why it cannot be', async () => {
    let tries = 0;
    const asked = server({
      ...ANSWERS,
      [`DELETE ${OF_WORKSPACE}`]: () => (++tries === 1 ? refused('it has Deployments') : { body: {} }),
    });
    open('/workspaces/ws-1');
    await userEvent.click(await screen.findByText('Delete'));
    const button = dialog().getByText('Delete');
    await userEvent.click(button);
    expect(sent(asked)).toEqual([]);
    await userEvent.type(dialog().getByLabelText('Type Data to go on'), 'Data');
    await userEvent.click(button);
    expect(await dialog().findByText('It has Deployments.')).toBeTruthy();
    expect(dialog().getByText('req-1')).toBeTruthy();
    await userEvent.click(button);
    await waitFor(() => expect(here()).toBe('/workspaces'));
  });

  it('shows its own Deployments only', async () => {
    server({
      ...ANSWERS,
      [`GET ${ORG}/deployments`]: listed(
        'deployments',
        deployment(),
        deployment({ id: 'dep-2', name: 'ads', workspaceId: 'ws-2' }),
      ),
    });
    open('/workspaces/ws-1');
    expect(await screen.findByText('etl')).toBeTruthy();
    expect(screen.queryByText('ads')).toBeNull();
  });

  it('is where a Deployment is made that was begun from it', async () => {
    server({
      ...answers(),
      ...ANSWERS,
      [`GET ${WORKSPACES}`]: listed('workspaces', workspace(), workspace({ id: 'ws-2', name: 'Ads' })),
    });
    open('/workspaces/ws-1');
    await userEvent.click(await screen.findByText('Create Deployment'));
    expect((await screen.findByLabelText(/^Workspace/)).textContent).toContain('Data');
  });
});

describe('who has a role on a Workspace', () => {
  const elsewhere = { workspaceId: 'ws-2', role: 'WORKSPACE_OWNER' };
  const eve = user({ workspaceRoles: [elsewhere, { workspaceId: 'ws-1', role: 'WORKSPACE_AUTHOR' }] });
  const bob = user({ id: 'u-3', username: 'bob@example.com', fullName: 'Bob', workspaceRoles: [elsewhere] });
  const PEOPLE = { ...ANSWERS, [`GET ${ORG}/users`]: listed('users', eve, bob) };

  it('is a person who is added, with what they hold elsewhere', async () => {
    const asked = server({ ...PEOPLE, [`POST ${ORG}/users/u-3/roles`]: { body: {} } });
    open('/workspaces/ws-1?tab=people');
    expect((await rowOf('Eve')).getByText('Workspace Author')).toBeTruthy();
    expect(screen.queryByText('Bob')).toBeNull();
    await userEvent.click(screen.getByText('Add a person'));
    await choose(dialog().getByLabelText(/^Person/), 'Bob');
    await userEvent.click(dialog().getByText('Add'));
    expect(await screen.findByText('The person is added.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toMatchObject({
      workspaceRoles: [elsewhere, { workspaceId: 'ws-1', role: 'WORKSPACE_MEMBER' }],
    });
  });

  it('is a person whose role is taken away, here and nowhere else', async () => {
    const asked = server({ ...PEOPLE, [`POST ${ORG}/users/u-2/roles`]: { body: {} } });
    open('/workspaces/ws-1?tab=people');
    await userEvent.click(await screen.findByLabelText('Take away the role of Eve'));
    expect(sent(asked)).toEqual([]);
    await userEvent.click(dialog().getByText('Take away'));
    expect(await screen.findByText('The role is taken away.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toMatchObject({
      organizationRole: 'ORGANIZATION_MEMBER',
      workspaceRoles: [elsewhere],
    });
  });

  it('is a team whose role is changed', async () => {
    const held = [{ workspaceId: 'ws-1', role: 'WORKSPACE_MEMBER' }];
    const asked = server({
      ...ANSWERS,
      [`GET ${ORG}/teams`]: listed('teams', team({ workspaceRoles: held })),
      [`POST ${ORG}/teams/t-1/roles`]: { body: {} },
    });
    open('/workspaces/ws-1?tab=teams');
    await userEvent.click(await screen.findByLabelText('Change the role of platform'));
    await choose(dialog().getByLabelText(/^Role/), 'Workspace Operator');
    await userEvent.click(dialog().getByText('Change'));
    expect(await screen.findByText('The role is changed.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toMatchObject({
      organizationRole: 'ORGANIZATION_MEMBER',
      workspaceRoles: [{ workspaceId: 'ws-1', role: 'WORKSPACE_OPERATOR' }],
    });
  });

  it('is a token that reaches into it', async () => {
    const roles = [{ entityType: 'WORKSPACE', entityId: 'ws-2', deploymentId: null, role: 'WORKSPACE_MEMBER' }];
    server({ ...ANSWERS, [`GET ${ORG}/tokens`]: listed('tokens', token(), token({ id: 'k-2', name: 'ads', roles })) });
    open('/workspaces/ws-1?tab=tokens');
    expect(await screen.findByText('ci')).toBeTruthy();
    expect(screen.queryByText('ads')).toBeNull();
  });

  it('may be nobody', async () => {
    server(ANSWERS);
    open('/workspaces/ws-1?tab=people');
    expect(await screen.findByText('No person has a role on this Workspace of their own.')).toBeTruthy();
  });
});
