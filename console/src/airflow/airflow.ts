import { told } from '~/api/ask';
import { api } from '~/api/client';
import { Failure } from '~/api/failure';

const AHEAD_SECONDS = 60;

interface Connection {
  origin: string;
  token: string;
  until: number;
}

/**
 * A Deployment's own Airflow, read with a token of that Airflow alone.
 *
 * The person's token of the control plane never goes there: whoever writes that Airflow's plugins would see it. A one-time code is
 * traded for one that lives in this page's memory for a quarter of an hour; when it is over, or the Airflow is not there, the
 * control plane is asked again, and what it says is what people see.
 */
export class Airflow {
  private connection: Promise<Connection> | undefined;

  constructor(
    private readonly organizationId: string,
    private readonly deploymentId: string,
  ) {}

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.ask<T>('GET', path, undefined, signal);
  }

  async ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    for (let isFirst = true; ; isFirst = false) {
      const { origin, token } = await this.connected();
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      let answer: Response;
      try {
        answer = await fetch(`${origin}/api/v2${path}`, {
          method,
          headers,
          body: body === undefined ? undefined : JSON.stringify(body),
          credentials: 'omit',
          signal,
        });
      } catch (thrown) {
        if (signal?.aborted) throw thrown;
        this.forget();
        // a change may have arrived though its answer did not, so only a look is made again by itself
        if (isFirst && method === 'GET') continue;
        throw away();
      }
      if (answer.status === 401 && isFirst) {
        this.forget();
        continue;
      }
      if (!answer.ok) throw await refusal(answer);
      return (await answer.json()) as T;
    }
  }

  /** Everybody who asks at the same time waits for the same token. */
  private async connected(): Promise<Connection> {
    const known = await this.connection?.catch(() => undefined);
    if (known && Date.now() < known.until) return known;
    if (known) this.forget();
    this.connection ??= this.connect();
    return this.connection.catch(thrown => {
      this.forget();
      throw thrown;
    });
  }

  private forget(): void {
    this.connection = undefined;
  }

  private async connect(): Promise<Connection> {
    const path = { organizationId: this.organizationId, deploymentId: this.deploymentId };
    const { url } = await told(
      api.POST('/organizations/{organizationId}/deployments/{deploymentId}/handover', {
        params: { path },
        body: { shouldWake: false },
      }),
    );
    const { origin, hash } = new URL(url);
    const code = new URLSearchParams(hash.slice(1)).get('code');
    const answer = await fetch(`${origin}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      credentials: 'omit',
    }).catch(() => {
      throw away();
    });
    if (!answer.ok) throw await refusal(answer);
    const { access_token: token, expires_in: seconds } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    return { origin, token, until: Date.now() + (seconds - AHEAD_SECONDS) * 1000 };
  }
}

const away = () =>
  new Failure('its Airflow does not answer; it may be starting. Try again in a moment', 0, 'AIRFLOW_AWAY', '');

/** Airflow says why as `detail`: words, or a list of what is wrong where. */
async function refusal(answer: Response): Promise<Failure> {
  const { detail } = (await answer.json().catch(() => ({}))) as {
    detail?: string | { msg: string; loc?: unknown[] }[];
  };
  const words = Array.isArray(detail) ? detail.map(each => [each.loc?.at(-1), each.msg].join(': ')).join('; ') : detail;
  return new Failure(words || `Airflow answered ${answer.status} without saying why`, answer.status, 'AIRFLOW', '');
}

const known = new Map<string, Airflow>();

/** The one client of a Deployment's Airflow, so that all of a page share its token. */
export function airflowOf({ organizationId, id }: { organizationId: string; id: string }): Airflow {
  const found = known.get(id) ?? new Airflow(organizationId, id);
  known.set(id, found);
  return found;
}
