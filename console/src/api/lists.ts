import { useQuery } from '@tanstack/react-query';
import { useSelf } from '~/app/self';
import { every } from './ask';
import { api } from './client';

/** Lists that several pages show. Each is read whole and kept, so that one page's table and another's choices agree. */

export const EVERY_FEW_SECONDS = 5_000;

export function useDeployments() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['deployments', organizationId],
    queryFn: () =>
      every('deployments', query =>
        api.GET('/organizations/{organizationId}/deployments', { params: { path: { organizationId }, query } }),
      ),
    refetchInterval: EVERY_FEW_SECONDS,
  });
}

export function useWorkspaces() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['workspaces', organizationId],
    queryFn: () =>
      every('workspaces', query =>
        api.GET('/organizations/{organizationId}/workspaces', { params: { path: { organizationId }, query } }),
      ),
  });
}

export function useClusters() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['clusters', organizationId],
    queryFn: () =>
      every('clusters', query =>
        api.GET('/organizations/{organizationId}/clusters', { params: { path: { organizationId }, query } }),
      ),
  });
}

export function useUsers() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['users', organizationId],
    queryFn: () =>
      every('users', query =>
        api.GET('/organizations/{organizationId}/users', { params: { path: { organizationId }, query } }),
      ),
  });
}

export function useTeams() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['teams', organizationId],
    queryFn: () =>
      every('teams', query =>
        api.GET('/organizations/{organizationId}/teams', { params: { path: { organizationId }, query } }),
      ),
  });
}

export function useTokens() {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['tokens', organizationId],
    queryFn: () =>
      every('tokens', query =>
        api.GET('/organizations/{organizationId}/tokens', { params: { path: { organizationId }, query } }),
      ),
  });
}
