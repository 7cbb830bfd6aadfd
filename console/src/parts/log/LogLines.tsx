import { useEffect, useRef } from 'react';
import { moment } from '~/parts/Time';
import type { LogLine } from './line';
import { Marked } from './Marked';

interface Props {
  lines: readonly LogLine[];
  /** What is marked in them. */
  search?: string;
  wraps: boolean;
  follows: boolean;
}

const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** The lines, the newest at the end and in sight; whoever scrolls up to read is left in peace. */
export function LogLines({ lines, search = '', wraps, follows }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (box.current && (isAtEnd.current || follows)) box.current.scrollTop = box.current.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- it is new lines that move the box
  }, [lines, follows]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Log entries"
      // a box that scrolls must be reachable by keyboard
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={wraps ? 'log' : 'log log-unwrapped'}
      onScroll={({ currentTarget: at }) => {
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 40;
      }}
    >
      {lines.map(({ at, source, level, words }, index) => (
        // lines have no id, and two can be alike in everything
        <div key={`${at}-${lines.length - index}`} className={`log-entry log-${level}`}>
          {at === undefined ? (
            <span />
          ) : (
            <time dateTime={new Date(at).toISOString()} title={moment(new Date(at))}>
              {clock.format(at)}
            </time>
          )}
          <span className="log-source">{source}</span>
          <span className="log-words">
            <Marked text={words} search={search} />
          </span>
        </div>
      ))}
    </div>
  );
}
