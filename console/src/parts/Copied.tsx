import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { tellFailure } from './flashes';

/** An id, or something else that people take elsewhere, with a button that copies it. */
export function Copied({ value, label }: { value: string; label: string }) {
  const copy = useCopy(value);
  return (
    <span className="copied">
      <span>{value}</span>
      <Button
        variant="inline-icon"
        formAction="none"
        iconName={copy.isDone ? 'status-positive' : 'copy'}
        ariaLabel={copy.isDone ? `${label} is copied` : `Copy: ${label}`}
        onClick={copy.go}
      />
    </span>
  );
}

/** Puts words on the clipboard, and says for two seconds that they are there. */
export function useCopy(words: string) {
  const [isDone, setDone] = useState(false);
  const go = () => {
    navigator.clipboard.writeText(words).then(
      () => {
        setDone(true);
        setTimeout(() => setDone(false), 2_000);
      },
      thrown => tellFailure('It could not be copied; mark it and copy it by hand', thrown),
    );
  };
  return { isDone, go };
}
