import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Teams } from '~/pages/teams/Teams';
import { EMPTY, listed, ORG, refused, sent, team, user } from '../support/organization';
import { server } from '../support/server';
import { choose, dialog, here, open, rowOf, show } from '../support/show';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/teams/TeamPage';

const TEAMS = `${ORG}/teams`;
const OF_TEAM = `${TEAMS}/t-1`;
const member = { userId: 'u-3', username: 'bob@example.com', fullName: 'Bob', createdAt: '2026-11-27T10:00:00Z' };
const ANSWERS = {
  ...EMPTY,
  [`GET ${ORG}/users`]: listed('users', user(), user({ id: 'u-3', username: 'bob@example.com', fullName: 'Bob' })),
  [`GET ${OF_TEAM}`]: { body: team() },
  [`GET ${OF_TEAM}/members`]: listed('teamMembers', member),
};

describe('teams', () => {
  it('are listed with the roles that they hold', async () => {
    const workspaceRoles = [{ workspaceId: 'ws-1', role: 'WORKSPACE_OWNER' }];
    server({ ...EMPTY, [`GET ${TEAMS}`]: listed('teams', team({ description: 'Keeps it up', workspaceRoles })) });
    show(<Teams />);
    const row = await rowOf('platform');
    expect(row.getByText('Keeps it up')).toBeTruthy();
    expect(row.getByText('Organization Member')).toBeTruthy();
    expect(row.getByText('1 Workspace')).toBeTruthy();
  });

  it('say that there is none, and why they could not be read', async () => {
    server(EMPTY);
    show(<Teams />);
    expect(await screen.findByText('No team yet.')).toBeTruthy();
    server({ ...EMPTY, [`GET ${TEAMS}`]: refused('you may not') });
    show(<Teams />);
    expect(await screen.findByText('req-1')).toBeTruthy();
  });

  it('are made with members once the name is right; what was typed and chosen stays until then', async () => {
    let tries = 0;
    const asked = server({
      ...ANSWERS,
      [`POST ${TEAMS}`]: () => (++tries === 1 ? refused('`ops` is taken', 'name') : { body: team({ id: 't-9' }) }),
    });
    show(<Teams />);
    await userEvent.click(await screen.findByText('Create team'));
    const name = dialog().getByLabelText('Name') as HTMLInputElement;
    await choose(dialog().getByLabelText(/^Members/), 'Eve');
    await userEvent.type(name, 'ops{Enter}');
    expect(await dialog().findByText('`ops` is taken')).toBeTruthy();
    expect(dialog().getByText('req-1')).toBeTruthy();
    await userEvent.type(name, '2{Enter}');
    await waitFor(() => expect(here()).toBe('/teams/t-9'));
    expect(sent(asked)[1]!.body).toEqual({
      name: 'ops2',
      description: '',
      organizationRole: 'ORGANIZATION_MEMBER',
      memberIds: ['u-2'],
    });
  });
});

describe('one team', () => {
  it('says why it could not be read', async () => {
    server({ ...EMPTY, [`GET ${OF_TEAM}`]: refused('you may not') });
    open('/teams/t-1');
    expect(await screen.findByText('The team could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });

  it('says that nobody is in it, and why its members could not be read', async () => {
    server({ ...ANSWERS, [`GET ${OF_TEAM}/members`]: listed('teamMembers') });
    open('/teams/t-1');
    expect(await screen.findByText('Nobody is in the team yet.')).toBeTruthy();
    server({ ...ANSWERS, [`GET ${OF_TEAM}/members`]: refused('you may not') });
    open('/teams/t-1');
    expect(await screen.findByText('The members could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });

  it('takes in whoever is not in it yet', async () => {
    const asked = server({ ...ANSWERS, [`POST ${OF_TEAM}/members`]: { body: {} } });
    open('/teams/t-1');
    expect(await screen.findByText('Bob')).toBeTruthy();
    await userEvent.click(screen.getByText('Add members'));
    await choose(dialog().getByLabelText(/^People/), 'Eve');
    expect(screen.queryByRole('option', { name: /Bob/ })).toBeNull();
    await userEvent.click(screen.getByText('Add'));
    expect(await screen.findByText('One member is added.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({ memberIds: ['u-2'] });
  });

  it('lets a member go after asking once more', async () => {
    const asked = server({ ...ANSWERS, [`DELETE ${OF_TEAM}/members/u-3`]: { body: {} } });
    open('/teams/t-1');
    await userEvent.click(await screen.findByLabelText('Take bob@example.com out of the team'));
    expect(sent(asked)).toEqual([]);
    await userEvent.click(dialog().getByText('Take out'));
    expect(await screen.findByText('Bob is out of the team.')).toBeTruthy();
    expect(sent(asked).map(each => each.path)).toEqual([`${OF_TEAM}/members/u-3`]);
  });

  it('is called something else', async () => {
    const asked = server({ ...ANSWERS, [`POST ${OF_TEAM}`]: { body: team() } });
    open('/teams/t-1');
    await userEvent.click(await screen.findByText('Edit'));
    await userEvent.type(dialog().getByLabelText('Description'), 'Keeps it up{Enter}');
    expect(await screen.findByText('The team is changed.')).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({ name: 'platform', description: 'Keeps it up' });
  });

  it('is deleted after asking once more', async () => {
    const asked = server({ ...ANSWERS, [`DELETE ${OF_TEAM}`]: { body: {} } });
    open('/teams/t-1');
    await userEvent.click(await screen.findByText('Delete'));
    expect(sent(asked)).toEqual([]);
    await userEvent.click(dialog().getByText('Delete'));
    await waitFor(() => expect(here()).toBe('/teams'));
    expect(sent(asked).map(each => each.path)).toEqual([OF_TEAM]);
  });
});
