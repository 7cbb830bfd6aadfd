import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import { dismissAll, lasts } from '~/parts/flashes';

// what the kit and the router ask of a browser and jsdom has not
vi.stubGlobal('matchMedia', (media: string) => ({
  media,
  matches: media.includes('min-width'),
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
}));

vi.stubGlobal('CSS', { escape: (name: string) => name, supports: () => false });
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
// a busy machine takes its time; who waits for what never comes waits this long
configure({ asyncUtilTimeout: 30_000 });
vi.stubGlobal('scrollTo', () => {});

// and what is told stays until it was looked for
lasts.milliseconds = 3_600_000;

afterEach(() => {
  cleanup();
  dismissAll();
});
