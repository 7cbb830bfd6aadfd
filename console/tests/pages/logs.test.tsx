import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { levelOf, wordsOf } from '~/pages/deployments/logs/entries';
import { Logs } from '~/pages/deployments/logs/Logs';
import { spanOf, whyNot } from '~/pages/deployments/logs/span';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { server } from '../support/server';
import { here, show } from '../support/show';

const LOGS = `GET ${OF_DEPLOYMENT}/logs`;
const page = (...raws: string[]) => ({
  body: {
    limit: 500,
    offset: 0,
    maxNumResults: 500,
    resultCount: raws.length,
    searchId: 's',
    results: raws.map((raw, at) => ({ raw, source: 'scheduler', timestamp: 1_795_807_460 - at })),
  },
});

describe('logs', () => {
  it('asks for what the address says, and shows the newest at the end with what was searched for marked', async () => {
    const asked = server({ [LOGS]: page('2026-11-27T19:24:20Z [error    ] it failed', 'earlier it failed too') });
    show(<Logs deployment={deployment()} />, '/?component=scheduler&search=fail*&range=900');
    const log = await screen.findByRole('log');
    expect(log.textContent).toMatch(/earlier it failed too.*\[error {4}\] it failed$/);
    expect([...log.querySelectorAll('mark')].map(each => each.textContent)).toEqual(['fail', 'fail']);
    const { query } = asked[0]!;
    expect([query.getAll('sources'), query.get('searchText'), query.get('range')]).toEqual([
      ['scheduler'],
      'fail*',
      '900',
    ]);
  });

  it('reads from a moment to a moment, and then has no end to follow', async () => {
    const [from, to] = ['2026-11-27T19:00:00.000Z', '2026-11-27T20:00:00.000Z'];
    const asked = server({ [LOGS]: page('it began') });
    show(<Logs deployment={deployment()} />, `/?from=${from}&to=${to}`);
    expect(await screen.findByText('it began')).toBeTruthy();
    const { query } = asked[0]!;
    expect(['range', 'startDate', 'endDate'].map(each => query.get(each))).toEqual([null, from, to]);
    expect((screen.getByLabelText('Follow') as HTMLInputElement).disabled).toBe(true);

    await userEvent.click(screen.getByRole('button', { name: /^Time range/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Relative mode' }));
    await userEvent.click(screen.getByRole('radio', { name: 'Last 6 hours' }));
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(here()).toBe('/?range=21600'));
    await waitFor(() => expect(asked.at(-1)!.query.get('range')).toBe('21600'));
    expect((screen.getByLabelText('Follow') as HTMLInputElement).disabled).toBe(false);
  });

  it('knows which times there are logs of', () => {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    expect(spanOf({ from: 'yesterday', to: 'now', range: '900' })).toEqual({ range: 900 });
    expect(spanOf({ range: '999999' })).toEqual({ range: 3_600 });
    expect(whyNot({ startDate: ago(2), endDate: ago(1) })).toBeUndefined();
    expect(whyNot({ startDate: ago(1), endDate: ago(2) })).toContain('before it begins');
    expect(whyNot({ startDate: ago(30), endDate: ago(1) })).toContain('more than 24 hours ago');
    expect(whyNot({ startDate: '', endDate: ago(1) })).toContain('Choose when');
  });

  it('says that nothing was written, and why logs cannot be read', async () => {
    server({ [LOGS]: page() });
    show(<Logs deployment={deployment()} />);
    expect(await screen.findByText('Nothing was written in this time.')).toBeTruthy();
    server({ [LOGS]: { status: 403, body: { message: 'you may not', requestId: 'req-3' } } });
    show(<Logs deployment={deployment()} />);
    expect(await screen.findByText('req-3')).toBeTruthy();
  });

  it('knows how bad an entry is, and does not say its time twice', () => {
    expect(levelOf('2026-11-27 [warning  ] slow')).toBe('warning');
    expect(levelOf('[2026-11-27 10:00:00] ERROR - no')).toBe('error');
    expect(levelOf('all errors were handled')).toBe('info');
    expect(wordsOf('2026-11-27T19:24:20.158170Z [info     ] request')).toBe('[info     ] request');
  });
});
