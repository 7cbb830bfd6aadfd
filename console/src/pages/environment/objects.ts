import { useQuery } from '@tanstack/react-query';
import { every, told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import type { Kind } from './kinds';

interface Asked {
  workspaceId?: string;
  /** Also what reaches it from its Workspace, as it is there. */
  deploymentId?: string;
  objectType?: Kind;
}

/** Environment objects of everywhere that one may look, or of one place. */
export function useObjects(asked: Asked = {}) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['environment-objects', organizationId, asked],
    queryFn: () =>
      every('environmentObjects', query =>
        api.GET('/organizations/{organizationId}/environment-objects', {
          params: { path: { organizationId }, query: { ...query, ...asked } },
        }),
      ),
  });
}

export function useObject(environmentObjectId: string) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['environment-object', organizationId, environmentObjectId],
    queryFn: () =>
      told(
        api.GET('/organizations/{organizationId}/environment-objects/{environmentObjectId}', {
          params: { path: { organizationId, environmentObjectId } },
        }),
      ),
  });
}
