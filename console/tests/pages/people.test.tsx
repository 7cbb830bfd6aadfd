import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { People } from '~/pages/people/People';
import { EMPTY, listed, ORG, sent, team, user } from '../support/organization';
import { server } from '../support/server';
import { show } from '../support/show';

const invite = {
  inviteId: 'i-1',
  userId: 'u-9',
  invitee: { username: 'kim@example.com' },
  inviter: { fullName: 'Ada' },
};
const LINK = {
  body: { url: 'https://example.com/invitations/v1/accept#token=s3cret', expiresAt: '2099-01-01T00:00:00Z' },
};

describe('people', () => {
  it('shows members with their roles, their teams and what they hold elsewhere', async () => {
    const eve = user({ workspaceRoles: [{ workspaceId: 'ws-1', role: 'WORKSPACE_OWNER' }] });
    server({
      ...EMPTY,
      [`GET ${ORG}/users`]: listed(
        'users',
        eve,
        user({ id: 'u-3', username: 'bob@example.com', fullName: '', status: 'PENDING' }),
      ),
      [`GET ${ORG}/teams`]: listed('teams', team()),
      [`GET ${ORG}/teams/t-1/members`]: listed('teamMembers', { userId: 'u-2' }),
    });
    show(<People />);
    const row = within((await screen.findByRole('link', { name: 'Eve' })).closest('tr')!);
    expect(row.getByText('Organization Member')).toBeTruthy();
    expect(row.getByText('1 Workspace')).toBeTruthy();
    expect(await screen.findByRole('link', { name: 'platform' })).toBeTruthy();
    expect(screen.getByText('Invited')).toBeTruthy();
  });

  it('invites somebody with a role and shows a link that lets them in', async () => {
    const asked = server({
      ...EMPTY,
      [`POST ${ORG}/invites`]: { body: invite },
      [`POST ${ORG}/invites/i-1/link`]: LINK,
    });
    show(<People />);
    await userEvent.click(await screen.findByRole('button', { name: 'Invite' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('E-mail address'), 'kim@example.com');
    await userEvent.click(dialog.getByRole('button', { name: 'Invite' }));
    expect(await screen.findByText(/#token=s3cret/)).toBeTruthy();
    expect(sent(asked)[0]!.body).toEqual({ inviteeEmail: 'kim@example.com', role: 'ORGANIZATION_MEMBER' });
  });

  it('says under the address why it cannot be invited, and keeps it', async () => {
    const message = '`kim@example.com` is a member already';
    const refusal = { message, requestId: 'req-1', fieldErrors: [{ field: 'inviteeEmail', code: 'MEMBER', message }] };
    server({ ...EMPTY, [`POST ${ORG}/invites`]: { status: 400, body: refusal } });
    show(<People />);
    await userEvent.click(await screen.findByRole('button', { name: 'Invite' }));
    const dialog = within(screen.getByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('E-mail address'), 'kim@example.com{Enter}');
    expect(await dialog.findByText('req-1')).toBeTruthy();
    expect(dialog.getAllByText(/is a member already/).length).toBeGreaterThan(1);
    expect((dialog.getByLabelText('E-mail address') as HTMLInputElement).value).toBe('kim@example.com');
  });

  it('revokes an invitation after asking once more', async () => {
    const asked = server({
      ...EMPTY,
      [`GET ${ORG}/invites`]: listed('invites', invite),
      [`DELETE ${ORG}/invites/i-1`]: { body: {} },
    });
    show(<People />);
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke the invitation of kim@example.com' }));
    expect(sent(asked)).toEqual([]);
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('The invitation is revoked.')).toBeTruthy();
    expect(sent(asked).map(each => each.path)).toEqual([`${ORG}/invites/i-1`]);
  });
});
