import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

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

afterEach(cleanup);
