import { useEffect, useRef } from 'react';
import { moment } from '~/parts/Time';
import { Marked } from './Marked';
import { type Entry, levelOf, wordsOf } from './entries';

interface Props {
  entries: readonly Entry[];
  search: string;
  wraps: boolean;
  follows: boolean;
}

const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** The entries, the newest at the end and in sight; whoever scrolls up to read is left in peace. */
export function LogLines({ entries, search, wraps, follows }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (box.current && (isAtEnd.current || follows)) box.current.scrollTop = box.current.scrollHeight;
  }, [entries, follows]);
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
      {entries.map((each, index) => (
        // entries have no id, and two can be alike in everything
        <div key={`${each.timestamp}-${entries.length - index}`} className={`log-entry log-${levelOf(each.raw)}`}>
          <time
            dateTime={new Date(each.timestamp * 1000).toISOString()}
            title={moment(new Date(each.timestamp * 1000))}
          >
            {clock.format(each.timestamp * 1000)}
          </time>
          <span className="log-source">{each.source}</span>
          <span className="log-words">
            <Marked text={wordsOf(each.raw)} search={search} />
          </span>
        </div>
      ))}
    </div>
  );
}
