import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Holders } from '~/pages/deployments/access/Holders';
import { deployment } from '../support/deployments';
import { ORG } from '../support/organization';
import { server } from '../support/server';
import { show } from '../support/show';

const list = (key: string, ...items: object[]) => ({ body: { [key]: items, totalCount: items.length } });
const eve = {
  id: 'u-1',
  username: 'eve@example.com',
  fullName: 'Eve',
  organizationRole: 'ORGANIZATION_MEMBER',
  workspaceRoles: [{ workspaceId: 'ws-1', role: 'WORKSPACE_ACCESSOR' }],
  deploymentRoles: [
    { deploymentId: 'dep-1', role: 'DEPLOYMENT_ADMIN' },
    { deploymentId: 'dep-2', role: 'DEPLOYMENT_ADMIN' },
  ],
  dagRoles: [{ deploymentId: 'dep-1', dagId: 'weather', role: 'DAG_VIEWER' }],
};
const ANSWERS = {
  [`GET ${ORG}/users`]: list('users', eve),
  [`GET ${ORG}/teams`]: list('teams'),
  [`GET ${ORG}/tokens`]: list('tokens'),
  [`GET ${ORG}/deployments`]: list('deployments'),
  [`GET ${ORG}/workspaces`]: list('workspaces'),
  [`GET ${ORG}/roles`]: list('roles'),
};

describe('who has access', () => {
  it('shows roles on the Deployment and its DAGs, and takes one away without touching the others', async () => {
    const asked = server({ ...ANSWERS, [`POST ${ORG}/users/u-1/roles`]: { body: {} } });
    show(<Holders deployment={deployment()} />);
    expect(await screen.findByText('DAG weather')).toBeTruthy();
    expect(screen.getAllByText('Eve')).toHaveLength(2);
    await userEvent.click(screen.getByLabelText('Take away the role of Eve on the Deployment'));
    await userEvent.click(screen.getByRole('button', { name: 'Take away' }));
    await screen.findByText('The role is taken away.');
    const body = asked.find(each => each.method === 'POST')!.body as typeof eve;
    expect(body.deploymentRoles).toEqual([{ deploymentId: 'dep-2', role: 'DEPLOYMENT_ADMIN' }]);
    expect(body.dagRoles).toEqual(eve.dagRoles);
    expect(body.workspaceRoles).toEqual(eve.workspaceRoles);
  });

  it('says that nobody has a role only when everybody was looked at', async () => {
    server({ ...ANSWERS, [`GET ${ORG}/users`]: list('users') });
    show(<Holders deployment={deployment()} />);
    expect(await screen.findByText('Nobody has a role on this Deployment alone.')).toBeTruthy();
  });
});
