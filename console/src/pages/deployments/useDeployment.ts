import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { EVERY_FEW_SECONDS } from '~/api/lists';
import { useSelf } from '~/app/self';

const SOON = 2_000;
const MOVING = new Set<Schemas['Deployment']['status']>(['CREATING', 'DEPLOYING']);

/** One Deployment as it stands: read again every few seconds, and more often while it changes. */
export function useDeployment(deploymentId: string) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['deployment', organizationId, deploymentId],
    queryFn: () =>
      told(
        api.GET('/organizations/{organizationId}/deployments/{deploymentId}', {
          params: { path: { organizationId, deploymentId } },
        }),
      ),
    refetchInterval: query => (query.state.data && MOVING.has(query.state.data.status) ? SOON : EVERY_FEW_SECONDS),
  });
}
