import { cleanup } from '@testing-library/react';
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

vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);

afterEach(cleanup);
