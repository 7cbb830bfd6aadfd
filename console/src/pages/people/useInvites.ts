import { useQuery } from '@tanstack/react-query';
import { every } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';

/** The invitations that nobody has answered yet. */
export function useInvites() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['invites', organizationId],
    queryFn: () =>
      every('invites', query =>
        api.GET('/organizations/{organizationId}/invites', { params: { path: { organizationId }, query } }),
      ),
  });
}
