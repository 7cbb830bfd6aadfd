export type Level = 'error' | 'warning' | 'info' | 'debug';

/** A line of a log as people read it, from whomever it came. */
export interface LogLine {
  /** Milliseconds; a line need not have a time. */
  at: number | undefined;
  /** What stands before its words: the component, or how bad it is. */
  source: string;
  level: Level;
  words: string;
}

/** How bad something is, by the word of whoever wrote it; `undefined` where it said none. */
export function levelNamed(word: string | undefined): Level | undefined {
  const known = word?.toLowerCase();
  if (!known) return undefined;
  if (known === 'debug' || known === 'info') return known;
  return known.startsWith('warn') ? 'warning' : 'error';
}
