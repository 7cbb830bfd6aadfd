import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { type Level, levelNamed, type LogLine } from '~/parts/log/line';
import type { Span } from './span';

export type Entry = Schemas['DeploymentLogEntry'];
type Source = Schemas['LogSource'];

export const SOURCES: Source[] = ['scheduler', 'worker', 'triggerer', 'dag-processor', 'apiserver'];
const FOLLOW_EVERY = 3_000;
const PAGE = 1_000;

interface Looked {
  source: string;
  search: string;
  span: Span;
  /** The newest so many. */
  most: number;
}

export function useLogs({ id, organizationId }: Schemas['Deployment'], looked: Looked, follows: boolean) {
  return useQuery({
    queryKey: ['logs', organizationId, id, looked],
    queryFn: ({ signal }) => read({ organizationId, deploymentId: id }, looked, signal),
    refetchInterval: follows && FOLLOW_EVERY,
    placeholderData: kept => kept,
  });
}

/** The newest entries, oldest first, over as many pages as it takes; all show what there was at the first. */
async function read(
  path: { organizationId: string; deploymentId: string },
  { source, search, span, most }: Looked,
  signal: AbortSignal,
): Promise<Entry[]> {
  const found: Entry[] = [];
  let searchId = '';
  while (found.length < most) {
    const page = await told(
      api.GET('/organizations/{organizationId}/deployments/{deploymentId}/logs', {
        params: {
          path,
          query: {
            sources: SOURCES.includes(source as Source) ? [source as Source] : SOURCES,
            searchText: search,
            ...span,
            limit: Math.min(most - found.length, PAGE),
            offset: found.length,
            maxNumResults: most,
            searchId,
          },
        },
        signal,
      }),
    );
    found.push(...page.results);
    searchId = page.searchId;
    if (page.results.length === 0 || page.resultCount < page.limit) break;
  }
  return found.toReversed();
}

const STATED =
  /\[(debug|info|warn(?:ing)?|error|critical|exception|fatal)\s*\]|\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/;

/** How bad an entry is, by the level that its component wrote near its beginning: `[error    ]`, `WARNING -`. */
export function levelOf(raw: string): Level {
  const stated = STATED.exec(raw.slice(0, 200));
  return (
    levelNamed(stated?.[1] ?? stated?.[2]) ?? (raw.includes('Traceback (most recent call last)') ? 'error' : 'info')
  );
}

const STAMP = /^\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\]?\s*/;

/** An entry without the time at its beginning, which stands beside it. */
export const wordsOf = (raw: string) => raw.replace(STAMP, '');

export const lineOf = ({ raw, source, timestamp }: Entry): LogLine => ({
  at: timestamp * 1000,
  source,
  level: levelOf(raw),
  words: wordsOf(raw),
});

/** Entries as a file holds them: what was written, each with its component. */
export const asText = (entries: readonly Entry[]) =>
  entries
    .map(each => {
      const at = STAMP.test(each.raw) ? '' : `${new Date(each.timestamp * 1000).toISOString()} `;
      return `${each.source.padEnd(13)} ${at}${each.raw}\n`;
    })
    .join('');
