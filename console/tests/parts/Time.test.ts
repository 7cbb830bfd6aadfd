import { describe, expect, it } from 'vitest';
import { ago, duration } from '~/parts/Time';

const noon = Date.parse('2026-01-01T12:00:00Z');

describe('times in words', () => {
  it.each([
    ['2026-01-01T11:59:57Z', 'just now'],
    ['2026-01-01T11:57:00Z', '3 minutes ago'],
    ['2026-01-01T14:00:00Z', 'in 2 hours'],
    ['2025-12-31T11:00:00Z', 'yesterday'],
  ])('%s is %s', (at, words) => expect(ago(at, noon)).toBe(words));

  it.each([
    [45, '45 s'],
    [200, '3 min 20 s'],
    [7_500, '2 h 5 min'],
  ])('%d seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));
});
