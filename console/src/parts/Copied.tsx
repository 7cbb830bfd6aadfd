import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { type RefObject, useRef, useState } from 'react';
import { putOnClipboard } from './clipboard';

/** An id, or something else that people take elsewhere, with a button that copies it. */
export function Copied({ value, label }: { value: string; label: string }) {
  const shown = useRef<HTMLSpanElement>(null);
  const copy = useCopy(value, shown);
  return (
    <span className="copied">
      <span ref={shown}>{value}</span>
      <Button
        variant="inline-icon"
        formAction="none"
        iconName={copy.isDone ? 'status-positive' : 'copy'}
        ariaLabel={copy.isDone ? `${label} is copied` : `Copy: ${label}`}
        onClick={copy.go}
      />
      {copy.isRefused && <ByHand />}
    </span>
  );
}

/**
 * Puts words on the clipboard, and says for two seconds that they are there; where the browser copies nothing by itself, it says
 * that, and marks them where they are `shown`.
 */
export function useCopy(words: string, shown?: RefObject<HTMLElement | null>) {
  const [state, setState] = useState<'' | 'done' | 'refused'>('');
  const go = () => {
    putOnClipboard(words).then(
      () => {
        setState('done');
        setTimeout(() => setState(''), 2_000);
      },
      () => {
        if (shown?.current) getSelection()?.selectAllChildren(shown.current);
        setState('refused');
      },
    );
  };
  return { isDone: state === 'done', isRefused: state === 'refused', go };
}

/** Beside words that are marked because they could not be copied. */
export function ByHand() {
  return (
    <Box color="text-status-error" fontSize="body-s">
      <span role="alert">The browser lets nothing be copied. It is marked: press Ctrl+C, or ⌘C on a Mac.</span>
    </Box>
  );
}
