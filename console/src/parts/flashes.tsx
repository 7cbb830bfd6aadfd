import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useSyncExternalStore } from 'react';
import { Failure } from '~/api/failure';
import { RequestId } from './RequestId';

interface Flash {
  id: string;
  type: 'success' | 'error';
  words: string;
  failure?: Failure;
}

/** For how long it is told that something was done, in milliseconds. */
export const lasts = { milliseconds: 6_000 };

let flashes: Flash[] = [];
let drawn = 0;
const listeners = new Set<() => void>();

function change(next: Flash[]): void {
  flashes = next;
  for (const tell of listeners) tell();
}

function add(flash: Omit<Flash, 'id'>): string {
  const id = `flash-${++drawn}`;
  change([{ ...flash, id }, ...flashes].slice(0, 5));
  if (flash.type === 'success') setTimeout(() => dismiss(id), lasts.milliseconds);
  return id;
}

export const dismissAll = () => change([]);

const dismiss = (id: string) => change(flashes.filter(each => each.id !== id));

/** Says that something was done; it goes by itself. */
export const tellDone = (words: string) => add({ type: 'success', words });

/** Says what did not work and why, until it is dismissed. */
export function tellFailure(words: string, thrown: unknown): void {
  add({ type: 'error', words, failure: Failure.from(thrown) });
}

export function Flashes() {
  const shown = useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flashes,
  );
  return <Flashbar items={shown.map(item)} stackItems={shown.length > 2} />;
}

function item(flash: Flash): FlashbarProps.MessageDefinition {
  return {
    id: flash.id,
    type: flash.type,
    header: flash.failure ? flash.words : undefined,
    content: flash.failure ? (
      <>
        {flash.failure.message} <RequestId of={flash.failure} />
      </>
    ) : (
      flash.words
    ),
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => dismiss(flash.id),
    ariaRole: flash.failure ? 'alert' : 'status',
  };
}
