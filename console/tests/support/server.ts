import { vi } from 'vitest';
import { actAs, cache } from '~/api/client';
import type { Session } from '~/api/session';

/** `text` is answered as it stands, anything else as JSON. */
type Answer = { status?: number; body?: unknown; text?: string; headers?: Record<string, string> };

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  bytes: Uint8Array;
  authorization: string | null;
}

/** Stands in for the API at the browser's door: answers by "METHOD /path", and notes what was asked. */
export function server(answers: Record<string, Answer | ((asked: Asked) => Answer)>): Asked[] {
  const asked: Asked[] = [];
  cache.clear();
  actAs({ accessToken: async () => 'a token', forget: () => {} } as unknown as Session);
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = typeof input === 'string' ? new Request(new URL(input, location.href), init) : input;
    const url = new URL(request.url);
    const bytes = new Uint8Array(await request.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    const one: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: text.startsWith('{') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text)),
      bytes,
      authorization: request.headers.get('authorization'),
    };
    asked.push(one);
    const found = answers[`${one.method} ${one.path}`];
    const answer =
      typeof found === 'function'
        ? found(one)
        : (found ?? { status: 404, body: { message: 'there is no such thing' } });
    return new Response(answer.text ?? JSON.stringify(answer.body ?? {}), {
      status: answer.status ?? 200,
      headers: { 'content-type': 'application/json', ...answer.headers },
    });
  });
  return asked;
}
