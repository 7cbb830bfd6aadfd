import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Airflow } from '~/airflow/airflow';
import { Dags } from '~/pages/deployments/dags/Dags';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { server } from '../support/server';
import { choose, here, show } from '../support/show';

const HANDOVER = `POST ${OF_DEPLOYMENT}/handover`;
const handover = { body: { url: 'http://etl.airflow.example/auth/handover#code=c0de', expiresAt: '' } };
const jwt = { status: 201, body: { access_token: 'jwt', expires_in: 900 } };
const dag = { dag_id: 'weather', dag_display_name: 'weather', is_paused: false, timetable_summary: '@daily', tags: [] };
const run = {
  dag_id: 'weather',
  dag_run_id: 'r-1',
  state: 'failed',
  run_type: 'manual',
  run_after: '2026-11-27T10:00:00Z',
};
const AIRFLOW = {
  [HANDOVER]: handover,
  'POST /auth/token': jwt,
  'GET /api/v2/dags': { body: { dags: [dag], total_entries: 1 } },
  'GET /api/v2/dags/weather/dagRuns': { body: { dag_runs: [run], total_entries: 1 } },
  'GET /api/v2/importErrors': { body: { import_errors: [], total_entries: 0 } },
};

describe("the client of a Deployment's Airflow", () => {
  it('trades a code for a token, once for all who ask, and never shows the sign-in to Airflow', async () => {
    const asked = server(AIRFLOW);
    const airflow = new Airflow('org-1', 'dep-1');
    await Promise.all([airflow.get('/dags'), airflow.get('/importErrors')]);
    expect(asked.map(each => [each.path.split('/').at(-1), each.authorization])).toEqual([
      ['handover', 'Bearer a token'],
      ['token', null],
      ['dags', 'Bearer jwt'],
      ['importErrors', 'Bearer jwt'],
    ]);
    expect([asked[0]!.body, asked[1]!.body]).toEqual([{ shouldWake: false }, { code: 'c0de' }]);
  });

  it('starts again once when the token is over, and then says why not', async () => {
    const asked = server({ ...AIRFLOW, 'GET /api/v2/dags': { status: 401, body: { detail: 'it is over' } } });
    await expect(new Airflow('org-1', 'dep-1').get('/dags')).rejects.toThrow('it is over');
    expect(asked.filter(each => each.path.endsWith('/handover'))).toHaveLength(2);
  });
});

describe('DAGs', () => {
  it('shows each with its last runs, and starts one with a configuration', async () => {
    const asked = server({ ...AIRFLOW, 'POST /api/v2/dags/weather/dagRuns': { body: run } });
    show(<Dags deployment={deployment()} rest="" />);
    expect(await screen.findByLabelText(/^Run: Failed/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Run weather' }));
    await userEvent.click(screen.getByLabelText('Configuration'));
    await userEvent.paste('{"day": 1}');
    await userEvent.click(screen.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(here()).toBe('/deployments/dep-1/dags/weather/runs/r-1'));
    expect(asked.find(each => each.path.endsWith('/dagRuns') && each.method === 'POST')!.body).toEqual({
      logical_date: null,
      conf: { day: 1 },
    });
  });

  it('wakes nobody by looking', async () => {
    const asked = server({});
    show(<Dags deployment={deployment({ id: 'dep-9', status: 'HIBERNATING' })} rest="" />);
    expect(await screen.findByText('etl is asleep')).toBeTruthy();
    expect(asked).toHaveLength(0);
  });
});

describe('a task of a run', () => {
  const RUN = '/api/v2/dags/weather/dagRuns/r-1';
  const task = { task_id: 'rain', map_index: 3, try_number: 2, state: 'failed', start_date: null, end_date: null };
  const line = (event: string, level = 'info') => ({ timestamp: '2026-11-27T10:00:00Z', event, level });
  const log = (...content: unknown[]) => ({ body: { content, continuation_token: null } });
  const broken = {
    ...line('Task failed', 'error'),
    error_detail: [
      { exc_type: 'KeyError', exc_value: "'wet'", frames: [{ filename: 'rain.py', lineno: 7, name: 'fall' }] },
    ],
  };
  const ANSWERS = {
    ...AIRFLOW,
    [`GET ${RUN}`]: { body: { ...run, start_date: run.run_after, end_date: run.run_after, conf: {} } },
    [`GET ${RUN}/taskInstances`]: { body: { task_instances: [task], total_entries: 1 } },
    [`GET ${RUN}/taskInstances/rain/3`]: { body: task },
    [`GET ${RUN}/taskInstances/rain/logs/1`]: log(line('the first try')),
    [`GET ${RUN}/taskInstances/rain/logs/2`]: log(
      { event: '::group::Sources' },
      line('it rains'),
      broken,
      'a bare line',
    ),
  };

  const at = (rest: string, search = '') => show(<Dags deployment={deployment()} rest={rest} />, `/${search}`);

  it('is found in its run', async () => {
    server(ANSWERS);
    at('weather/runs/r-1');
    await userEvent.click(await screen.findByRole('link', { name: 'rain [3]' }));
    expect(here()).toBe('/deployments/dep-1/dags/weather/runs/r-1/tasks/rain/3');
  });

  it('shows what it wrote in its last try, with what went wrong, and what in an earlier one', async () => {
    const asked = server(ANSWERS);
    at('weather/runs/r-1/tasks/rain/3');
    const words = (await screen.findByRole('log')).textContent;
    expect(words).toMatch(
      /info.*it rains.*error.*Task failed\nTraceback .*\n {2}File "rain.py", line 7, in fall\nKeyError/,
    );
    expect(words).toMatch(/a bare line$/);
    expect(words).not.toContain('::group::');
    expect(asked.at(-1)!.query.get('map_index')).toBe('3');
    await choose(screen.getByRole('button', { name: /^Try/ }), 'Try 1 of 2');
    expect(await screen.findByText('the first try')).toBeTruthy();
    expect(here()).toBe('/?try=1');
  });

  it('reads a log to its end', async () => {
    const LOG = `GET ${RUN}/taskInstances/rain/logs/2`;
    const pages: Record<string, unknown> = { '': 'one', more: 'two', last: 'three' };
    const next: Record<string, string | null> = { '': 'more', more: 'last', last: null };
    server({
      ...ANSWERS,
      [LOG]: ({ query }) => {
        const token = query.get('token') ?? '';
        return { body: { content: [pages[token]], continuation_token: next[token] } };
      },
    });
    at('weather/runs/r-1/tasks/rain/3');
    expect((await screen.findByRole('log')).textContent).toBe('onetwothree');
  });

  it('says that it has not started, that it wrote nothing, and why its log cannot be read', async () => {
    const TASK = `GET ${RUN}/taskInstances/rain/3`;
    const LOG = `GET ${RUN}/taskInstances/rain/logs/2`;
    server({ ...ANSWERS, [TASK]: { body: { ...task, try_number: 0, state: null } } });
    at('weather/runs/r-1/tasks/rain/3');
    expect(await screen.findByText('It has not started, so it has written nothing.')).toBeTruthy();
    server({ ...ANSWERS, [LOG]: log() });
    at('weather/runs/r-1/tasks/rain/3');
    expect(await screen.findByText('It wrote nothing.')).toBeTruthy();
    server({ ...ANSWERS, [LOG]: { status: 403, body: { detail: 'you may not' } } });
    at('weather/runs/r-1/tasks/rain/3');
    expect(await screen.findByText('The log could not be read')).toBeTruthy();
    expect(screen.getByText('You may not.')).toBeTruthy();
  });
});
