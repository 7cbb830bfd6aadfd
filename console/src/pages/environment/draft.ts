import type { Schemas } from '~/api/client';
import { type EnvironmentObject, type Kind, WORDS } from './kinds';

/** What is typed of an object: all fields of all types, as text. Secrets begin empty, and empty ones stay what they were. */
export interface Draft {
  type: string;
  host: string;
  login: string;
  port: string;
  schema: string;
  password: string;
  extra: string;
  value: string;
  isSecret: boolean;
  endpoint: string;
  authType: string;
  username: string;
  basicToken: string;
  labels: string;
  headers: string;
}

const EMPTY: Draft = {
  type: '',
  host: '',
  login: '',
  port: '',
  schema: '',
  password: '',
  extra: '',
  value: '',
  isSecret: false,
  endpoint: '',
  authType: '',
  username: '',
  basicToken: '',
  labels: '',
  headers: '',
};

type Fields = Partial<Record<keyof Draft, unknown>>;

export function draftOf(kind: Kind, object?: EnvironmentObject): Draft {
  return drafted((object?.[WORDS[kind].property] ?? {}) as Fields);
}

/** What is different in one Deployment, of a link. */
export function draftOfLink(kind: Kind, link?: Schemas['EnvironmentObjectLink']): Draft {
  return drafted((link?.[`${WORDS[kind].property}Overrides`] ?? {}) as Fields);
}

function drafted(kept: Fields): Draft {
  const text = (name: keyof Draft) => (kept[name] === null || kept[name] === undefined ? '' : String(kept[name]));
  return {
    ...EMPTY,
    type: text('type'),
    host: text('host'),
    login: text('login'),
    port: text('port'),
    schema: text('schema'),
    value: text('value'),
    isSecret: kept.isSecret === true,
    endpoint: text('endpoint'),
    authType: text('authType'),
    username: text('username'),
    labels: asLines(kept.labels),
  };
}

/** The fields of a request that changes `before`, or makes an object anew. Throws in words where something is no JSON. */
export function held(kind: Kind, draft: Draft, before: Draft): Record<string, unknown> {
  const port = draft.port.trim();
  const changed = (name: keyof Draft) => (draft[name] === before[name] ? {} : { [name]: draft[name] });
  const typed = (name: keyof Draft) => (draft[name] === '' ? {} : { [name]: draft[name] });
  if (kind === 'CONNECTION')
    return {
      ...Object.assign({}, ...(['type', 'host', 'login', 'schema'] as const).map(changed)),
      ...(port === before.port ? {} : { port: port ? Number(port) : null }),
      ...typed('password'),
      ...(draft.extra.trim() && { extra: json(draft.extra) }),
    };
  if (kind === 'METRICS_EXPORT')
    return {
      ...Object.assign({}, ...(['endpoint', 'username'] as const).map(changed)),
      ...(draft.authType === before.authType ? {} : { authType: draft.authType || null }),
      ...typed('password'),
      ...typed('basicToken'),
      ...(draft.labels === before.labels ? {} : { labels: pairs(draft.labels, 'label') }),
      ...(draft.headers.trim() && { headers: pairs(draft.headers, 'header') }),
    };
  const isKept = before.isSecret && draft.isSecret && draft.value === '';
  return { ...(isKept ? {} : { value: draft.value }), isSecret: draft.isSecret };
}

function json(text: string): unknown {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new Error('the extra is one JSON object, as in {"sslmode": "require"}');
  return found;
}

/** One `name=value` a line. */
function pairs(text: string, what: string): Record<string, string> {
  const lines = text.split('\n').filter(line => line.trim());
  // a header may hold a secret, so a bad line is not repeated
  if (lines.some(line => line.indexOf('=') < 1)) throw new Error(`each ${what} is a line such as name=value`);
  return Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
}

const asLines = (kept: unknown) =>
  Object.entries((kept ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('\n');
