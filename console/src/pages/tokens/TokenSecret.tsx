import { ShownOnce } from '~/parts/ShownOnce';
import { Ending, type Token } from './token';

/** The secret of a token that was just made or rotated. */
export function TokenSecret({ token, onClose }: { token: Token; onClose: () => void }) {
  return (
    <ShownOnce title={`The secret of ${token.name}`} noun="API token" secret={token.token ?? ''} onClose={onClose}>
      It is shown this once. Copy it now, and keep it where secrets are kept; if it is lost, rotate the token. End:{' '}
      <Ending of={token} />
    </ShownOnce>
  );
}
