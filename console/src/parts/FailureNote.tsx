import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Failure } from '~/api/failure';
import { RequestId } from './RequestId';

interface Props {
  thrown: unknown;
  /** What was being done, such as "Deployments could not be read". */
  title: string;
  onRetry?: () => void;
}

/** An error where its content would be: what happened, whom to tell, and a way to try again. */
export function FailureNote({ thrown, title, onRetry }: Props) {
  const failure = Failure.from(thrown);
  return (
    <Alert type="error" header={title} action={onRetry && <Button onClick={onRetry}>Try again</Button>}>
      {sentence(failure.message)}
      <RequestId of={failure} />
    </Alert>
  );
}

/** The API's words are lower case and without a full stop; a page speaks in sentences. */
export function sentence(words: string): string {
  const trimmed = words.trim();
  return trimmed && trimmed[0]!.toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}
