import { beforeEach, describe, expect, it, vi } from 'vitest';
import { challengeOf } from '~/api/pkce';
import { Session } from '~/api/session';
import { server } from '../support/server';

const config = { issuer: 'https://api.example.com/sign-in/v1', clientId: 'orrery-console' };
const TOKEN = 'POST /sign-in/v1/oauth/token';
const tokens = (access_token: string, expires_in = 900) => ({ body: { access_token, expires_in } });

let left = '';
beforeEach(() => {
  sessionStorage.clear();
  localStorage.setItem('orrery-signed-in', 'yes');
  left = '';
  vi.stubGlobal('location', {
    origin: 'https://console.example.com',
    href: 'https://console.example.com/',
    assign: (to: string) => (left = to),
  });
});

describe('signing in', () => {
  it('leaves for the provider with a challenge whose verifier stays in this tab', async () => {
    await new Session(config).begin('/deployments');
    const query = new URL(left).searchParams;
    const { verifier } = JSON.parse(sessionStorage.getItem(`sign-in:${query.get('state')}`)!);
    expect(query.get('code_challenge')).toBe(await challengeOf(verifier));
    expect(query.get('redirect_uri')).toBe('https://console.example.com/callback');
    expect(left).not.toContain(verifier);
  });

  it('comes back with a code and goes on to the page that was asked for', async () => {
    const asked = server({ [TOKEN]: tokens('one') });
    const session = new Session(config);
    await session.begin('/deployments?tab=all');
    const state = new URL(left).searchParams.get('state')!;
    expect(await session.complete(new URLSearchParams({ code: 'c', state }))).toBe('/deployments?tab=all');
    expect(asked[0]!.body).toMatchObject({ grant_type: 'authorization_code', code: 'c', client_id: 'orrery-console' });
    expect(await session.accessToken()).toBe('one');
  });

  it('refuses an answer that this tab did not ask for, and one that comes twice', async () => {
    server({ [TOKEN]: tokens('one') });
    const session = new Session(config);
    await expect(session.complete(new URLSearchParams({ code: 'c', state: 'forged' }))).rejects.toThrow(
      'not begun in this tab',
    );
    await session.begin('/');
    const query = new URLSearchParams({ code: 'c', state: new URL(left).searchParams.get('state')! });
    await session.complete(query);
    await expect(session.complete(query)).rejects.toThrow('used before');
  });

  it('never leads away from the console, whatever the tab remembers', async () => {
    server({ [TOKEN]: tokens('one') });
    for (const elsewhere of ['https://evil.example/', '//evil.example/x', 'javascript:alert(1)']) {
      sessionStorage.setItem('sign-in:s', JSON.stringify({ verifier: 'v', returnTo: elsewhere }));
      expect(await new Session(config).complete(new URLSearchParams({ code: 'c', state: 's' }))).toBe('/');
    }
  });
});

describe('staying signed in', () => {
  it('refreshes once for all who ask at the same time', async () => {
    const asked = server({ [TOKEN]: tokens('one') });
    const session = new Session(config);
    expect(await Promise.all([session.accessToken(), session.accessToken()])).toEqual(['one', 'one']);
    expect(asked).toHaveLength(1);
  });

  it('asks for a new token a minute before the old one ends', async () => {
    const asked = server({ [TOKEN]: tokens('one', 59) });
    const session = new Session(config);
    await session.accessToken();
    await session.accessToken();
    expect(asked).toHaveLength(2);
  });

  it('asks for nothing where nobody has signed in before', async () => {
    localStorage.clear();
    const asked = server({ [TOKEN]: tokens('one') });
    expect(await new Session(config).accessToken()).toBe('');
    expect(asked).toHaveLength(0);
  });

  it('ends when the sign-in is over', async () => {
    server({ [TOKEN]: { status: 400, body: { error: 'invalid_grant', error_description: 'sign in again' } } });
    const ended = vi.fn<() => void>();
    expect(await new Session(config, ended).accessToken()).toBe('');
    expect(ended).toHaveBeenCalledOnce();
  });
});
