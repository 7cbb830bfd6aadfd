import type { TaskLogLine } from '~/airflow/types';
import { levelNamed, type LogLine } from '~/parts/log/line';

/** Airflow frames parts of a log with these; they say nothing about the task. */
const isFrame = (words: string) => /^::(end)?group::/.test(words);

/** A task's log as lines for people. */
export function linesOf(log: readonly (TaskLogLine | string)[]): LogLine[] {
  return log
    .map(each => (typeof each === 'string' ? { event: each } : each))
    .filter(each => !isFrame(each.event))
    .map(each => ({
      at: each.timestamp ? Date.parse(each.timestamp) : undefined,
      source: each.level ?? '',
      level: levelNamed(each.level) ?? 'info',
      words: [each.event, ...traceback(each.error_detail)].join('\n'),
    }));
}

/** What went wrong as Python writes it: the cause first, and what became of it last. */
const traceback = (errors: TaskLogLine['error_detail'] = []) =>
  errors
    .toReversed()
    .flatMap(({ exc_type, exc_value, frames }) => [
      'Traceback (most recent call last):',
      ...frames.map(({ filename, lineno, name }) => `  File "${filename}", line ${lineno}, in ${name}`),
      `${exc_type}: ${exc_value}`,
    ]);

/** The same for a file. */
export const asText = (lines: readonly LogLine[]) =>
  lines
    .map(({ at, source, words }) =>
      [at === undefined ? '' : new Date(at).toISOString(), source.toUpperCase(), words].filter(Boolean).join(' '),
    )
    .map(line => `${line}\n`)
    .join('');
