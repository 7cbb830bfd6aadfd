import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { sentence } from '~/parts/FailureNote';
import { GoButton } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import { duration } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { ADVICE } from './words';

/** What should be set otherwise, from what was recorded in the last week. */
export function Advice({ deployment }: Pick<TabProps, 'deployment'>) {
  const { organizationId } = useSelf();
  const path = { organizationId, deploymentId: deployment.id };
  const advice = useQuery({
    queryKey: ['advice', organizationId, deployment.id],
    queryFn: () =>
      told(api.GET('/organizations/{organizationId}/deployments/{deploymentId}/scaling-advice', { params: { path } })),
    staleTime: 60_000,
  });
  const recorded = advice.data?.recordedSeconds ?? 0;
  return (
    <ResourceTable
      rows={{ ...advice, data: advice.data?.advice }}
      noun="piece of advice"
      filtersFrom={10}
      plural="advice"
      title="Right size"
      description="What the last week says about each queue’s bounds, size and style."
      id={each => `${each.queue} ${each.kind}`}
      text={each => [each.queue, each.kind, each.reason].join(' ')}
      actions={
        recorded > 0 &&
        (advice.data?.advice.length ?? 0) > 0 && <GoButton to={`/deployments/${deployment.id}/edit`}>Edit</GoButton>
      }
      empty={{
        words:
          recorded > 0
            ? `Nothing to change, by ${duration(recorded)} that were recorded.`
            : 'Too little was recorded yet to advise anything.',
      }}
      columns={[
        { id: 'queue', header: 'Queue', isRowHeader: true, cell: each => each.queue || 'all of it' },
        { id: 'kind', header: 'Setting', cell: each => ADVICE[each.kind] },
        { id: 'change', header: 'Change', cell: each => `${each.current} → ${each.proposed}` },
        {
          id: 'saved',
          header: 'Saves a week',
          cell: each => `${each.savedWorkerHoursPerWeek.toFixed(1)} worker-hours`,
        },
        { id: 'reason', header: 'Why', minWidth: 220, cell: each => sentence(each.reason) },
      ]}
    />
  );
}
