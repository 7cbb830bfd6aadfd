import type { Schemas } from '~/api/client';
import { ShownOnce } from '~/parts/ShownOnce';
import { Time } from '~/parts/Time';

interface Props {
  email: string;
  link: Schemas['InviteLink'];
  onClose: () => void;
}

/** A link that makes whoever opens it a member: for where no mail is sent, or it got lost. */
export function InviteLink({ email, link, onClose }: Props) {
  return (
    <ShownOnce title={`A link for ${email}`} noun="link" secret={link.url} onClose={onClose}>
      Where this installation sends mail, the invitation is on its way. Otherwise hand this link over yourself, to{' '}
      {email} and nobody else: whoever opens it first joins in their name. It is good once and ends{' '}
      <Time at={link.expiresAt} />.
    </ShownOnce>
  );
}
