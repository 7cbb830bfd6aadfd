import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

const KEY = 'orrery-mode';
const preferred = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Light or dark: what was chosen here before, or else what the system prefers. */
function current(): Mode {
  const chosen = localStorage.getItem(KEY);
  return (chosen ?? (preferred.matches ? Mode.Dark : Mode.Light)) as Mode;
}

export function applyChosenMode(): void {
  applyMode(current());
  document.documentElement.style.colorScheme = current();
  for (const tell of listeners) tell();
}

preferred.addEventListener('change', applyChosenMode);

export function switchMode(): void {
  localStorage.setItem(KEY, current() === Mode.Dark ? Mode.Light : Mode.Dark);
  applyChosenMode();
}

export function useMode(): Mode {
  return useSyncExternalStore(listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
