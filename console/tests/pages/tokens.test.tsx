import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { lifeOf } from '~/pages/tokens/token';
import { Tokens } from '~/pages/tokens/Tokens';
import { EMPTY, listed, ORG, sent, token } from '../support/organization';
import { server } from '../support/server';
import { show } from '../support/show';

describe('API tokens', () => {
  it('warns of those that end within two weeks', async () => {
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    server({
      ...EMPTY,
      [`GET ${ORG}/tokens`]: listed('tokens', token({ name: 'nightly', endAt: soon }), token({ id: 'k-2' })),
    });
    show(<Tokens />);
    expect(await screen.findByText('A token ends within two weeks')).toBeTruthy();
    expect(screen.getByText(/nightly: rotate it/)).toBeTruthy();
  });

  it.each([
    ['2026-01-01T00:00:00Z', 90, 'over'],
    ['2026-01-12T00:00:00Z', 90, 'soon'],
    ['2026-03-01T00:00:00Z', 90, 'good'],
    ['2036-01-01T00:00:00Z', null, 'lasting'],
  ])('knows that one ending %s is %s', (endAt, expiryPeriodInDays, life) =>
    expect(lifeOf({ endAt, expiryPeriodInDays }, Date.parse('2026-01-02T00:00:00Z'))).toBe(life),
  );

  it('makes one of the Organization that ends, and shows its secret until the dialog is closed', async () => {
    const made = token({ token: 'the-secret', scope: 'ORGANIZATION' });
    const asked = server({ ...EMPTY, [`POST ${ORG}/tokens`]: { body: made } });
    show(<Tokens />);
    await userEvent.click(await screen.findByRole('button', { name: 'Create token' }));
    await userEvent.type(within(screen.getByRole('dialog')).getByLabelText('Name'), 'ci{Enter}');
    expect(await screen.findByText('the-secret')).toBeTruthy();
    expect(sent(asked)[0]!.body).toMatchObject({
      name: 'ci',
      scope: 'ORGANIZATION',
      role: 'ORGANIZATION_MEMBER',
      entityId: null,
      tokenExpiryPeriodInDays: 90,
    });
    await userEvent.click(screen.getByRole('button', { name: 'Done' }));
    expect(screen.queryByText('the-secret')).toBeNull();
  });

  it('says that there is none, and why they could not be read', async () => {
    server(EMPTY);
    show(<Tokens />);
    expect(await screen.findByText('No token yet.')).toBeTruthy();
    server({ ...EMPTY, [`GET ${ORG}/tokens`]: { status: 403, body: { message: 'you may not', requestId: 'req-3' } } });
    show(<Tokens />);
    expect(await screen.findByText('req-3')).toBeTruthy();
  });
});
