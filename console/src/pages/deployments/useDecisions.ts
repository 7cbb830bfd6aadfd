import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { EVERY_FEW_SECONDS } from '~/api/lists';
import { useSelf } from '~/app/self';
import { inHours } from './actions/override';

export type Decision = Schemas['ScalingDecision'];

interface Asked {
  queue?: string;
  /** Only those of so many last hours. */
  hours?: number;
  isShadow?: boolean;
  limit?: number;
}

/** What the hypervisor decided for a Deployment's queues, the newest first. Only what is news is recorded, so times between are like the last one. */
export function useDecisions(deploymentId: string, asked: Asked = {}, everyMs: number | false = EVERY_FEW_SECONDS) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['decisions', organizationId, deploymentId, asked],
    queryFn: async () => {
      const { hours, ...filters } = asked;
      const query = { limit: 100, ...filters, ...(hours && { startDate: inHours(-hours) }) };
      const params = { path: { organizationId, deploymentId }, query };
      return (
        await told(api.GET('/organizations/{organizationId}/deployments/{deploymentId}/scaling-decisions', { params }))
      ).scalingDecisions;
    },
    refetchInterval: everyMs,
    enabled: everyMs !== false,
  });
}

/** The newest decision for each queue. */
export function newest(decisions: readonly Decision[]): Decision[] {
  const found = new Map<string, Decision>();
  for (const each of decisions) if (!found.has(each.queue)) found.set(each.queue, each);
  return [...found.values()];
}
