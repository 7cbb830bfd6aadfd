import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';

/** A page that threw; the others go on. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title="This page broke">
      <FailureNote title="Something in the console went wrong" thrown={error} onRetry={reset} />
    </Page>
  );
}
