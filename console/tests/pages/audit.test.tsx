import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { AuditLog } from '~/pages/audit/AuditLog';
import { EMPTY, listed, ORG, refused, user } from '../support/organization';
import { type Asked, server } from '../support/server';
import { choose, dialog, here, rowOf, show } from '../support/show';

const LOG = `${ORG}/audit-logs`;
const DAY = 86_400_000;
const record = (given: object) => ({
  timestamp: '2026-11-27T10:00:00Z',
  subjectId: 'u-2',
  subjectType: 'USER',
  sourceIp: '203.0.113.7',
  userAgent: 'curl',
  method: 'POST',
  path: `${ORG}/workspaces`,
  operationId: 'CreateWorkspace',
  requestId: 'req-7',
  requestBody: { name: 'Data' },
  responseStatus: 200,
  ...given,
});
const tried = { operationId: 'CreateApiToken', requestId: 'req-8', requestBody: null, responseStatus: 403 };
const text = [record({}), record({ ...tried, subjectId: 'gone' })].map(each => `${JSON.stringify(each)}\n`).join('');
const ANSWERS = { ...EMPTY, [`GET ${ORG}/users`]: listed('users', user()), [`GET ${LOG}`]: { text } };
const spans = (asked: Asked[]) => asked.filter(each => each.path === LOG).map(each => each.query);

describe('the audit log', () => {
  it('tells who did what and how it went, by name where there is one', async () => {
    server(ANSWERS);
    show(<AuditLog />);
    const done = await rowOf('Create workspace');
    expect(await done.findByText('Eve')).toBeTruthy();
    expect(done.getByText('Done')).toBeTruthy();
    const refusal = await rowOf('Create API token');
    expect(refusal.getByText('gone')).toBeTruthy();
    expect(refusal.getByText('Refused (403)')).toBeTruthy();
  });

  it('asks for the days that the address names', async () => {
    const asked = server(ANSWERS);
    show(<AuditLog />, '/?from=2026-11-01&to=2026-11-05');
    await screen.findByText('Create workspace');
    expect(Object.fromEntries(spans(asked)[0]!)).toEqual({ startDate: '2026-11-01', endDate: '2026-11-05' });
  });

  it('asks anew for more days, and keeps them in the address', async () => {
    const asked = server(ANSWERS);
    show(<AuditLog />);
    await screen.findByText('Create workspace');
    await userEvent.click(screen.getByText('The last 7 days'));
    await userEvent.click(screen.getByLabelText('The last 30 days'));
    await userEvent.click(screen.getByText('Apply'));
    await waitFor(() => expect(here()).toBe('/?last=30'));
    await waitFor(() => expect(spans(asked)).toHaveLength(2));
    const [week, month] = spans(asked).map(each => Date.parse(each.get('startDate')!));
    expect(Math.round((week! - month!) / DAY)).toBe(23);
  });

  it('is narrowed by who, what and how it went', async () => {
    server(ANSWERS);
    show(<AuditLog />);
    await screen.findByText('Create workspace');
    await choose(screen.getByLabelText(/^Outcome/), 'Refused');
    await waitFor(() => expect(screen.queryByText('Create workspace')).toBeNull());
    expect(screen.getByText('of 2 in this time')).toBeTruthy();
    expect(here()).toBe('/?outcome=refused');
    await choose(screen.getByLabelText(/^Who/), 'Eve');
    expect(await screen.findByText('Nothing is on record for this choice.')).toBeTruthy();
    await userEvent.click(screen.getByText('Show every record'));
    expect(await screen.findByText('Create workspace')).toBeTruthy();
    expect(here()).toBe('/');
  });

  it('shows all that is on record of one request', async () => {
    server(ANSWERS);
    show(<AuditLog />);
    await userEvent.click((await rowOf('Create workspace')).getByText('Details'));
    expect(dialog().getByText('req-7')).toBeTruthy();
    expect(dialog().getByText('Eve (person)')).toBeTruthy();
    expect(dialog().getByText(/"name": "Data"/)).toBeTruthy();
  });

  it('is saved as a file of the very lines that the API gave', async () => {
    const saved: { name: string; content: Blob }[] = [];
    const contents: Blob[] = [];
    URL.createObjectURL = content => `blob:${contents.push(content as Blob)}`;
    URL.revokeObjectURL = () => {};
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, content: contents.at(-1)! });
    });
    server(ANSWERS);
    show(<AuditLog />, '/?from=2026-11-01&to=2026-11-05');
    await screen.findByText('Create workspace');
    await userEvent.click(screen.getByText('Export'));
    expect(saved.map(each => each.name)).toEqual(['audit-log-2026-11-01-to-2026-11-05.ndjson']);
    expect(await saved[0]!.content.text()).toBe(text);
  });

  it('says that nothing is on record, and why it could not be read', async () => {
    server({ ...ANSWERS, [`GET ${LOG}`]: { text: '' } });
    show(<AuditLog />);
    expect(await screen.findByText('Nothing is on record for this choice.')).toBeTruthy();
    server({ ...ANSWERS, [`GET ${LOG}`]: refused('you may not') });
    show(<AuditLog />);
    expect(await screen.findByText('The records could not be read')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });
});
