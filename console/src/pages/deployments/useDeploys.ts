import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';

const EVERY_HALF_MINUTE = 30_000;

const lastDeploy = (organizationId: string, deploymentId: string) =>
  queryOptions({
    queryKey: ['last-deploy', organizationId, deploymentId],
    queryFn: async () => {
      const params = { path: { organizationId, deploymentId }, query: { limit: 1 } };
      return (
        (await told(api.GET('/organizations/{organizationId}/deployments/{deploymentId}/deploys', { params })))
          .deploys[0] ?? null
      );
    },
    refetchInterval: EVERY_HALF_MINUTE,
    staleTime: EVERY_HALF_MINUTE,
  });

/** The newest deploy of a Deployment; null when there is none. */
export function useLastDeploy(deploymentId: string) {
  return useQuery(lastDeploy(useSelf().organizationId, deploymentId));
}

/** The same for several; undefined for those that were not read yet. */
export function useLastDeploys(deploymentIds: readonly string[]) {
  const { organizationId } = useSelf();
  return useQueries({ queries: deploymentIds.map(each => lastDeploy(organizationId, each)) }).map(each => each.data);
}
