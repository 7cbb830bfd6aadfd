import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';

/** What a Deployment can be made of; with one that is there, its own runtime as well. */
export function useOptions(deploymentId?: string) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['deployment-options', organizationId, deploymentId],
    queryFn: () =>
      told(
        api.GET('/organizations/{organizationId}/deployment-options', {
          params: { path: { organizationId }, query: { deploymentId } },
        }),
      ),
    staleTime: Infinity,
  });
}
