import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Airflow } from '~/airflow/airflow';
import { Dags } from '~/pages/deployments/dags/Dags';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { server } from '../support/server';
import { here, show } from '../support/show';

const HANDOVER = `POST ${OF_DEPLOYMENT}/handover`;
const handover = { body: { url: 'http://etl.airflow.example/auth/handover#code=c0de', expiresAt: '' } };
const token = { status: 201, body: { access_token: 'jwt', expires_in: 900 } };
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
  'POST /auth/token': token,
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
