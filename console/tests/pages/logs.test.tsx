import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { levelOf, wordsOf } from '~/pages/deployments/logs/entries';
import { Logs } from '~/pages/deployments/logs/Logs';
import { deployment, OF_DEPLOYMENT } from '../support/deployments';
import { server } from '../support/server';
import { show } from '../support/show';

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
