import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { history } from '~/pages/deployments/queues/history';
import type { Decision } from '~/pages/deployments/useDecisions';
import { answers, deployment, OF_DEPLOYMENT } from '../support/deployments';
import { open } from '../support/show';
import { server } from '../support/server';
// pages are fetched when they are opened; here they are there before, so that no test waits for it
import '~/pages/deployments/DeploymentPage';
import '~/pages/deployments/queues/Queues';

const user = userEvent.setup({ delay: null });
const decided = (minute: number, told: Partial<Decision> = {}) =>
  ({
    id: `s${minute}`,
    decidedAt: `2026-11-27T10:${String(minute).padStart(2, '0')}:00Z`,
    queue: 'default',
    action: 'LAUNCH',
    cause: 'DEMAND',
    current: 0,
    target: 2,
    queued: 7,
    running: 1,
    inputs: {},
    style: 'BALANCED',
    reason: '7 queued + 1 running need 2 workers of 5',
    isShadow: false,
    ...told,
  }) as Decision;

const outcome = { launches: 1, peakWorkers: 2, tasks: 9, taskHours: 1, waitP50Seconds: 1, waitP99Seconds: 2 };
const replayed = {
  queue: '',
  recorded: { ...outcome, workerHours: 3.1, waitedSeconds: 60 },
  baseline: { ...outcome, workerHours: 3, waitedSeconds: 60 },
  replayed: { ...outcome, workerHours: 2, waitedSeconds: 180 },
  savedWorkerHours: 1,
  decisionCount: 0,
  decisions: [],
};

describe('worker queues', () => {
  const advice = { startDate: '', endDate: '', recordedSeconds: 0, advice: [] };
  const base = {
    ...answers(deployment()),
    [`GET ${OF_DEPLOYMENT}/scaling-advice`]: { body: advice },
    [`GET ${OF_DEPLOYMENT}/scaling-decisions`]: {
      body: { limit: 100, offset: 0, totalCount: 1, scalingDecisions: [decided(1)] },
    },
  };

  it('tell each decision in words', async () => {
    server(base);
    open('/deployments/dep-1/queues');
    expect(await screen.findByText('7 queued + 1 running need 2 workers of 5.')).toBeTruthy();
    expect(screen.getByText('0 → 2')).toBeTruthy();
    expect(screen.getByText('Too few for what waits')).toBeTruthy();
  });

  it('tell what another style would have cost', async () => {
    const times = { startDate: '', endDate: '', recordedSeconds: 3_600, style: 'ECONOMY', baselineStyle: 'BALANCED' };
    const asked = server({
      ...base,
      [`POST ${OF_DEPLOYMENT}/scaling-replays`]: { body: { ...times, total: replayed, queues: [] } },
    });
    open('/deployments/dep-1/queues');
    await user.click(await screen.findByRole('button', { name: 'Replay the day' }));
    expect(
      await screen.findByText(
        'It would have saved 1.00 worker-hours (33 %), and tasks would have waited 2 min longer in all.',
      ),
    ).toBeTruthy();
    expect(asked.find(each => each.method === 'POST')!.body).toMatchObject({ style: 'ECONOMY' });
  });
});

describe('the columns of the chart', () => {
  it('hold a value until the next decision, in the order of time, and reach to now', () => {
    const now = Date.parse('2026-11-27T10:09:00Z');
    const told = history([decided(5, { current: 2, queued: 0, running: 3 }), decided(1)], [], now);
    expect(told.demand).toEqual([8, 3, 3]);
    expect(told.workers).toEqual([0, 2, 2]);
    expect(told.times.at(-1)).toBe(now / 1000);
  });

  it('keep apart what was only thought', () => {
    const told = history([decided(1)], [decided(2, { isShadow: true, target: 9 })], Date.parse('2026-11-27T10:03:00Z'));
    expect(told.target).toEqual([2, 2, 2]);
    expect(told.shadow).toEqual([null, 9, 9]);
  });
});
