import { useDeployments, useWorkspaces } from '~/api/lists';
import type { Grant } from './grants';

interface Place {
  name: string;
  /** Its page, if it has one. */
  href?: string;
}

/** What grants are on, by name. What is gone, or may not be seen, goes by its id. */
export function usePlaces(): (grant: Pick<Grant, 'entityType' | 'entityId' | 'deploymentId'>) => Place {
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const deployment = (id: string) => deployments.data?.find(each => each.id === id)?.name ?? id;
  return ({ entityType, entityId, deploymentId }) => {
    switch (entityType) {
      case 'ORGANIZATION':
        return { name: 'The whole Organization' };
      case 'WORKSPACE':
        return {
          name: workspaces.data?.find(each => each.id === entityId)?.name ?? entityId,
          href: `/workspaces/${entityId}`,
        };
      case 'DEPLOYMENT':
        return { name: deployment(entityId), href: `/deployments/${entityId}` };
      default:
        return { name: `${entityId} in ${deployment(deploymentId ?? '')}`, href: `/deployments/${deploymentId}` };
    }
  };
}
