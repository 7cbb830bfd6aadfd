import { cleanup, configure } from '@testing-library/react';
import { format } from 'node:util';
import { afterEach, expect, vi } from 'vitest';
import { dismissAll, lasts } from '~/parts/flashes';
import { view } from './support/view';

// what the kit and the router ask of a browser and jsdom has not
vi.stubGlobal('matchMedia', (media: string) => ({
  media,
  get matches() {
    return media.includes('min-width') && view.isWide;
  },
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
}));

// nor has it a canvas; what is drawn there is under test as columns
vi.mock('~/pages/deployments/queues/Chart', () => ({ Chart: ({ label }: { label: string }) => <p>{label}</p> }));

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

// what React warns about is a mistake of ours, and fails the test in which it is said
const said: string[] = [];
vi.spyOn(console, 'error').mockImplementation((...words) => void said.push(format(...words)));

afterEach(() => {
  cleanup();
  dismissAll();
  view.isWide = true;
  expect(said.splice(0)).toEqual([]);
});
