import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { bodyOf, elsewhere, type Grant, grantsOf, withGrant, withoutGrant } from '~/parts/grants/grants';
import { Grants } from '~/parts/grants/Grants';
import { EMPTY, user } from '../support/organization';
import { server } from '../support/server';
import { show } from '../support/show';

const eve = user({
  workspaceRoles: [{ workspaceId: 'ws-1', role: 'WORKSPACE_AUTHOR' }],
  deploymentRoles: [{ deploymentId: 'd-1', role: 'releaser' }],
  dagRoles: [
    { deploymentId: 'd-1', dagId: 'etl', dagTag: null, role: 'DAG_AUTHOR' },
    { deploymentId: 'd-1', dagId: null, dagTag: 'finance', role: 'DAG_VIEWER' },
  ],
});
const held = grantsOf(eve, 'org-1');
const onWorkspace = (role: string): Grant => ({ entityType: 'WORKSPACE', entityId: 'ws-1', deploymentId: null, role });

describe('grants', () => {
  it('say the same after the way there and back', () => {
    expect(bodyOf(held)).toEqual({
      organizationRole: 'ORGANIZATION_MEMBER',
      workspaceRoles: eve.workspaceRoles,
      deploymentRoles: eve.deploymentRoles,
      dagRoles: [
        { deploymentId: 'd-1', dagId: 'etl', role: 'DAG_AUTHOR' },
        { deploymentId: 'd-1', dagTag: 'finance', role: 'DAG_VIEWER' },
      ],
    });
    expect(elsewhere(held)).toBe('1 Workspace, 1 Deployment, 2 DAG roles');
  });

  it('are one a place: a new role takes the place of the old one, and taking it away leaves the others', () => {
    const after = withGrant(held, onWorkspace('WORKSPACE_OWNER'));
    expect(after).toHaveLength(held.length);
    expect(after[1]!.role).toBe('WORKSPACE_OWNER');
    expect(withoutGrant(after, onWorkspace(''))).toEqual(held.filter((_, at) => at !== 1));
  });

  it('are taken away one by one, all but the one at home', async () => {
    server(EMPTY);
    const save = vi.fn<(grants: Grant[]) => Promise<unknown>>(async () => undefined);
    show(<Grants grants={held.slice(0, 2)} kinds={['ORGANIZATION', 'WORKSPACE']} home="ORGANIZATION" save={save} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Take away the role on Data' }));
    expect(screen.queryByRole('button', { name: /Take away the role on The whole/ })).toBeNull();
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Take away' }));
    expect(await screen.findByText('The role is taken away.')).toBeTruthy();
    expect(save).toHaveBeenCalledWith(held.slice(0, 1));
  });
});
