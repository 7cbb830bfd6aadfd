import { FailureNote } from './FailureNote';
import { Page, type Crumb } from './Page';
import { Reading } from './Reading';

interface Props {
  query: { error: unknown; refetch: () => unknown };
  /** What is being read: "Workspace". */
  noun: string;
  trail?: Crumb[];
}

/** A page about one thing while the thing is being read, or where it cannot be. */
export function PageState({ query, noun, trail }: Props) {
  return (
    <Page title={noun[0]!.toUpperCase() + noun.slice(1)} trail={trail}>
      {query.error ? (
        <FailureNote
          title={`The ${noun} could not be read`}
          thrown={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Reading words={`Reading the ${noun} …`} />
      )}
    </Page>
  );
}
