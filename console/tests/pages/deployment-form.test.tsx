import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { blank } from '~/pages/deployments/form/draft';
import { estimate } from '~/pages/deployments/form/prices';
import { answers, deployment, DEPLOYMENTS, OF_DEPLOYMENT, options } from '../support/deployments';
import { here, open } from '../support/show';
import { server } from '../support/server';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/deployments/form/CreateDeployment';
import '~/pages/deployments/form/EditDeployment';
import '~/pages/deployments/DeploymentPage';
import '~/pages/deployments/overview/Overview';

const user = userEvent.setup({ delay: null });

describe('making a Deployment', () => {
  it('keeps what was typed and says under the field what is wrong, and goes to what was made', async () => {
    let tries = 0;
    const fieldErrors = [
      { field: 'workerQueues[0].workerConcurrency', code: 'INVALID', message: 'must be 15 or less' },
    ];
    const asked = server({
      ...answers(deployment()),
      [`POST ${DEPLOYMENTS}`]: () =>
        ++tries === 1
          ? { status: 400, body: { message: 'no', requestId: 'r-2', statusCode: 400, code: 'INVALID', fieldErrors } }
          : { body: deployment() },
    });
    open('/deployments/new');
    const name = (await screen.findAllByLabelText('Name'))[0] as HTMLInputElement;
    await user.click(name);
    await user.paste('etl');
    await user.click(screen.getByText('Create'));
    expect((await screen.findAllByText('must be 15 or less')).length).toBeGreaterThan(0);
    expect(screen.getByText('r-2')).toBeTruthy();
    expect(name.value).toBe('etl');
    await user.click(screen.getByText('Create'));
    await waitFor(() => expect(here()).toBe('/deployments/dep-1'));
    const sent = asked.findLast(each => each.method === 'POST')!.body;
    expect(sent).toMatchObject({ type: 'STANDARD', name: 'etl', workspaceId: 'ws-1', executor: 'CELERY' });
    expect(sent).toMatchObject({ workerQueues: [{ name: 'default', isDefault: true, maxWorkerCount: 10 }] });
  });
});

describe('changing a Deployment', () => {
  it('sends back its variables, and of its secrets no value', async () => {
    const updatedAt = '2026-11-27T10:00:00Z';
    const environmentVariables = [
      { key: 'LEVEL', value: 'info', isSecret: false, updatedAt },
      { key: 'TOKEN', value: '', isSecret: true, updatedAt },
    ];
    const asked = server({
      ...answers(deployment({ environmentVariables })),
      [`POST ${OF_DEPLOYMENT}`]: { body: deployment() },
    });
    open('/deployments/dep-1/edit');
    await user.click(await screen.findByText('Save'));
    await waitFor(() => expect(here()).toBe('/deployments/dep-1'));
    expect(asked.find(each => each.method === 'POST')!.body).toMatchObject({
      environmentVariables: [
        { key: 'LEVEL', value: 'info', isSecret: false },
        { key: 'TOKEN', isSecret: true },
      ],
    });
  });
});

describe('the estimate', () => {
  it('follows the size and the bounds of the queues', () => {
    const draft = blank(options, 'ws-1');
    const [airflow, queue] = estimate(draft, options);
    expect(airflow!.least).toBe(airflow!.most);
    expect(queue!.most).toBeCloseTo(queue!.least * 10);
    const larger = estimate({ ...draft, queues: [{ ...draft.queues[0]!, machine: 'A10' }] }, options)[1]!;
    expect(larger.most).toBeCloseTo(queue!.most * 2);
  });
});
