import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { answers, deployment, DEPLOYMENTS, OF_DEPLOYMENT } from '../support/deployments';
import { here, open } from '../support/show';
import { server } from '../support/server';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/deployments/Deployments';
import '~/pages/deployments/DeploymentPage';
import '~/pages/deployments/overview/Overview';

const user = userEvent.setup({ delay: null });
const refused = (status: number, body: object) => ({ status, body: { requestId: 'r-1', statusCode: status, ...body } });

describe('the list of Deployments', () => {
  it('shows those that the address asks for', async () => {
    server(answers(deployment(), deployment({ id: 'dep-2', name: 'reports', status: 'UNHEALTHY' })));
    open('/deployments?status=UNHEALTHY');
    expect(await screen.findByText('reports')).toBeTruthy();
    expect(screen.queryByText('etl')).toBeNull();
  });

  it('says that there is none yet and where to make one', async () => {
    server(answers());
    open('/deployments');
    expect(await screen.findByText('No Deployment yet.')).toBeTruthy();
    expect(screen.getByText('Create the first one').closest('a')!.getAttribute('href')).toBe('/deployments/new');
  });

  it('says why it could not be read, with the request id', async () => {
    server({
      ...answers(),
      [`GET ${DEPLOYMENTS}`]: refused(403, { message: 'you may not see it', code: 'FORBIDDEN' }),
    });
    open('/deployments');
    expect(await screen.findByText(/You may not see it\./)).toBeTruthy();
    expect(screen.getByText('r-1')).toBeTruthy();
  });
});

describe('one Deployment', () => {
  it('is deleted once its name is typed', async () => {
    const asked = server({ ...answers(deployment()), [`DELETE ${OF_DEPLOYMENT}`]: { body: {} } });
    open('/deployments/dep-1');
    await user.click(await screen.findByRole('button', { name: 'Actions for etl' }));
    await user.click(screen.getByText('Delete …'));
    const dialog = within(screen.getByRole('dialog'));
    const button = dialog.getByRole('button', { name: 'Delete' });
    await user.click(button);
    expect(asked.filter(each => each.method === 'DELETE')).toHaveLength(0);
    await user.type(dialog.getByRole('textbox'), 'etl');
    await user.click(button);
    await waitFor(() => expect(here()).toBe('/deployments'));
    expect(asked.filter(each => each.method === 'DELETE')).toHaveLength(1);
  });

  it('tells what is wrong with it', async () => {
    const incident = { incidentType: 'OUT_OF_MEMORY', severity: 'critical' as const, subject: 'scheduler' };
    const told = { description: 'it was ended twice', deploymentId: 'dep-1', workspaceId: 'ws-1' };
    const incidents = [{ ...incident, ...told, createdAt: '2026-11-27T10:00:00Z' }];
    server(answers(deployment({ status: 'UNHEALTHY', deploymentHealthStatus: { incidents } })));
    open('/deployments/dep-1');
    expect(await screen.findByText('Out of memory: scheduler')).toBeTruthy();
    expect(screen.getByText('It was ended twice.')).toBeTruthy();
  });

  it('leads into its Airflow, in a tab of its own that knows nothing of ours', async () => {
    const opened = { opener: window, location: { replace: vi.fn<(to: string) => void>() }, close: vi.fn<() => void>() };
    vi.stubGlobal('open', () => opened);
    const asked = server({
      ...answers(deployment()),
      [`POST ${OF_DEPLOYMENT}/handover`]: { body: { url: 'https://airflow.example.com/#code=1', expiresAt: '' } },
    });
    open('/deployments/dep-1');
    await user.click(await screen.findByRole('button', { name: /Open Airflow/ }));
    await waitFor(() => expect(opened.location.replace).toHaveBeenCalledWith('https://airflow.example.com/#code=1'));
    expect(opened.opener).toBeNull();
    expect(asked.some(each => each.path.endsWith('/handover'))).toBe(true);
  });

  it('never follows an address that is not a web page', async () => {
    const opened = { opener: null, location: { replace: vi.fn<(to: string) => void>() }, close: vi.fn<() => void>() };
    vi.stubGlobal('open', () => opened);
    server({
      ...answers(deployment()),
      [`POST ${OF_DEPLOYMENT}/handover`]: { body: { url: 'javascript:alert(1)', expiresAt: '' } },
    });
    open('/deployments/dep-1');
    await user.click(await screen.findByRole('button', { name: /Open Airflow/ }));
    await waitFor(() => expect(opened.close).toHaveBeenCalled());
    expect(opened.location.replace).not.toHaveBeenCalled();
  });

  it('is woken before one goes into it', async () => {
    const asked = server({
      ...answers(deployment({ status: 'HIBERNATING' })),
      [`POST ${OF_DEPLOYMENT}/hibernation-override`]: { body: {} },
    });
    open('/deployments/dep-1');
    await user.click(await screen.findByRole('button', { name: /Open Airflow/ }));
    await user.click(screen.getByRole('button', { name: 'Wake it' }));
    expect(await screen.findByText(/It is waking up/)).toBeTruthy();
    expect(asked.find(each => each.path.endsWith('override'))!.body).toMatchObject({ isHibernating: false });
  });
});
