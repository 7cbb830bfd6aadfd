import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { EditWords } from '~/parts/EditWords';
import { type Token } from './token';

export function EditToken({ token, onClose }: { token: Token; onClose: () => void }) {
  const { organizationId } = useSelf();
  const params = { path: { organizationId, tokenId: token.id } };
  return (
    <EditWords
      before={token}
      save={body => told(api.POST('/organizations/{organizationId}/tokens/{tokenId}', { params, body }))}
      done="The token is changed."
      onClose={onClose}
    />
  );
}
