import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';

const EVERY_HALF_MINUTE = 30_000;

/** The newest deploy of a Deployment; null when there is none. */
export function useLastDeploy(deploymentId: string) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['last-deploy', organizationId, deploymentId],
    queryFn: async () => {
      const params = {
        path: { organizationId, deploymentId },
        query: { limit: 1, sorts: ['createdAt:desc' as const] },
      };
      return (
        (await told(api.GET('/organizations/{organizationId}/deployments/{deploymentId}/deploys', { params })))
          .deploys[0] ?? null
      );
    },
    refetchInterval: EVERY_HALF_MINUTE,
  });
}
