import type { SelectProps } from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';

const HERE = /^(deployment|dag)(\.|$)/;

/** What can be asked about on a Deployment, for a select. */
export function usePermissions(): SelectProps.Options {
  const groups = useQuery({
    queryKey: ['permission-groups'],
    queryFn: () => told(api.GET('/authorization/permission-groups')),
    staleTime: Infinity,
  });
  return (groups.data ?? [])
    .filter(each => HERE.test(each.scope))
    .map(group => ({
      label: group.name,
      options: group.permissions.map(each => ({
        value: `${group.scope}.${each.action}`,
        label: `${group.scope}.${each.action}`,
      })),
    }));
}
