import { useCallback, useState } from 'react';
import { refresh } from '~/api/client';
import { Failure } from '~/api/failure';
import { tellDone } from './flashes';

export interface Attempt {
  isBusy: boolean;
  /** Why the last try did not work; its `field(name)` belongs under the field. */
  failure: Failure | undefined;
  /**
   * Runs a change; when it worked `done` is told, `then` done, and everything that is on screen after that read again: a page of what was
   * deleted is left first. Returns whether it worked.
   */
  run: (change: () => Promise<unknown>, done?: string, then?: () => unknown) => Promise<boolean>;
  clear: () => void;
}

/** One change that somebody makes by a form or a button. */
export function useAttempt(): Attempt {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = useCallback(async (change: () => Promise<unknown>, done?: string, then?: () => unknown) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await change();
      if (done) tellDone(done);
      await then?.();
      void refresh();
      return true;
    } catch (thrown) {
      setFailure(Failure.from(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { isBusy, failure, run, clear: () => setFailure(undefined) };
}
