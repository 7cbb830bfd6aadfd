import type { Config } from './config';
import { challengeOf, drawn } from './pkce';

const AHEAD_SECONDS = 60;
const LOCK = 'orrery-refresh';
/** Says in this browser's storage that there is a sign-in to renew, so that a newcomer's first request is not a refusal. */
const HERE = 'orrery-signed-in';

interface Tokens {
  access_token: string;
  expires_in: number;
}

interface Started {
  verifier: string;
  returnTo: string;
}

/**
 * One sign-in. The access token lives in this page's memory alone; what renews it is a cookie that no script reads.
 *
 * A refresh token is good once and a second use ends the sign-in, so tabs take turns: the browser's lock is held while one of them refreshes.
 */
export class Session {
  private token = '';
  private expiresAt = 0;
  private renewing: Promise<string> | undefined;

  constructor(
    private readonly config: Config,
    private readonly onEnd: () => void = () => {},
  ) {}

  /** A token that is good for a minute at least; empty when nobody is signed in. */
  async accessToken(): Promise<string> {
    if (this.token && Date.now() < this.expiresAt - AHEAD_SECONDS * 1000) return this.token;
    this.renewing ??= this.renew().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Drops a token that the API no longer takes; the next request asks for another one. */
  forget(): void {
    this.token = '';
  }

  /** Off to the provider; `returnTo` is the page to come back to. With `chooses` one may come back as somebody else. */
  async begin(returnTo: string, chooses = false): Promise<void> {
    const [state, verifier] = [drawn(), drawn()];
    sessionStorage.setItem(`sign-in:${state}`, JSON.stringify({ verifier, returnTo } satisfies Started));
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: this.config.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid profile email offline_access',
      state,
      code_challenge: await challengeOf(verifier),
      code_challenge_method: 'S256',
      ...(chooses && { prompt: 'select_account' }),
    });
    location.assign(`${this.config.issuer}/authorize?${asked}`);
  }

  /** Back from the provider: the page to go on to. Throws in words when it did not work out. */
  async complete(query: URLSearchParams): Promise<string> {
    const key = `sign-in:${query.get('state') ?? ''}`;
    const started = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Started | null;
    sessionStorage.removeItem(key);
    if (!started) throw new Error('this sign-in was not begun in this tab, or was used before; sign in again');
    const refusal = query.get('error_description') ?? query.get('error');
    if (refusal) throw new Error(refusal);
    const tokens = await this.ask({
      grant_type: 'authorization_code',
      code: query.get('code') ?? '',
      code_verifier: started.verifier,
      redirect_uri: this.redirectUri,
    });
    this.keep(tokens);
    return safe(started.returnTo);
  }

  async signOut(everywhere = false): Promise<void> {
    if (everywhere) {
      const authorization = `Bearer ${await this.accessToken()}`;
      await fetch('/sign-in/v1/sign-out-everywhere', { method: 'POST', headers: { authorization } });
    }
    await this.post('/sign-in/v1/oauth/revoke', {}).catch(() => undefined);
    this.end();
  }

  private get redirectUri(): string {
    return `${location.origin}/callback`;
  }

  private async renew(): Promise<string> {
    if (!localStorage.getItem(HERE)) return '';
    try {
      const refresh = () => this.ask({ grant_type: 'refresh_token' });
      this.keep(await (navigator.locks ? navigator.locks.request(LOCK, refresh) : refresh()));
      return this.token;
    } catch (thrown) {
      if (thrown instanceof TypeError) throw thrown;
      this.end();
      return '';
    }
  }

  private end(): void {
    this.forget();
    localStorage.removeItem(HERE);
    this.onEnd();
  }

  private keep(tokens: Tokens): void {
    this.token = tokens.access_token;
    this.expiresAt = Date.now() + tokens.expires_in * 1000;
    localStorage.setItem(HERE, 'yes');
  }

  private async ask(form: Record<string, string>): Promise<Tokens> {
    const answer = await this.post('/sign-in/v1/oauth/token', form);
    const told = (await answer.json()) as Tokens & { error_description?: string };
    if (!answer.ok) throw new Error(told.error_description ?? 'signing in did not work; try again');
    return told;
  }

  private post(path: string, form: Record<string, string>): Promise<Response> {
    return fetch(path, { method: 'POST', body: new URLSearchParams({ client_id: this.config.clientId, ...form }) });
  }
}

/** A page of ours and nothing else: whatever lies in the session's storage must not lead away from here. */
function safe(path: string): string {
  const target = new URL(path, location.origin);
  return target.origin === location.origin && path.startsWith('/')
    ? target.pathname + target.search + target.hash
    : '/';
}
