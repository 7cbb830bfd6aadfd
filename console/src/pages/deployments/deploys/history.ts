import { useQuery } from '@tanstack/react-query';
import { every } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { EVERY_FEW_SECONDS } from '~/api/lists';

export type Deploy = Schemas['Deploy'];
type Deployment = Schemas['Deployment'];

/** The history, newest first, as the API sends it. */
export function useDeploys({ id: deploymentId, organizationId }: Deployment) {
  return useQuery({
    queryKey: ['deploys', organizationId, deploymentId],
    queryFn: () =>
      every('deploys', query =>
        api.GET('/organizations/{organizationId}/deployments/{deploymentId}/deploys', {
          params: { path: { organizationId, deploymentId }, query },
        }),
      ),
    refetchInterval: EVERY_FEW_SECONDS,
  });
}

export type Standing = 'live' | 'going live' | 'earlier' | 'failed' | 'unfinished';

/** How each deploy stands, of a history that is newest first. A release that was put live twice is live by its last deploy. */
export function standings(deploys: readonly Deploy[], deployment: Deployment): Map<string, Standing> {
  const put = (version: string) =>
    version ? deploys.find(each => each.status === 'DEPLOYED' && each.dagTarballVersion === version) : undefined;
  const [live, next] = [put(deployment.dagTarballVersion), put(deployment.desiredDagTarballVersion)];
  return new Map(
    deploys.map(each => {
      if (each.status === 'FAILED') return [each.id, 'failed'];
      if (each.status !== 'DEPLOYED') return [each.id, 'unfinished'];
      if (each === next && deployment.dagTarballVersion !== deployment.desiredDagTarballVersion)
        return [each.id, 'going live'];
      return [each.id, each === live ? 'live' : 'earlier'];
    }),
  );
}
