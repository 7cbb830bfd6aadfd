import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import { useRouter } from '@tanstack/react-router';
import { useRuns } from '~/airflow/reads';
import { ago } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { runAt } from './addresses';
import { stateWords } from './State';

const MANY = 12;

/** The last runs of a DAG as dots, the newest at the right; each leads to its run. */
export function LastRuns({ deployment, dagId }: Pick<TabProps, 'deployment'> & { dagId: string }) {
  const runs = useRuns(deployment, dagId, MANY);
  const router = useRouter();
  if (runs.isPending) return <Spinner />;
  if (!runs.data) return <Box color="text-status-error">Cannot be read</Box>;
  if (runs.data.dag_runs.length === 0) return <Box color="text-body-secondary">None yet</Box>;
  return (
    <span className="run-dots">
      {runs.data.dag_runs.toReversed().map(each => {
        const href = runAt(deployment.id, dagId, each.dag_run_id);
        const words = `${stateWords(each.state)}, ${ago(each.start_date ?? each.run_after)}`;
        return (
          <a
            key={each.dag_run_id}
            href={href}
            className={`run-dot run-${each.state}`}
            title={words}
            aria-label={`Run: ${words}`}
            onClick={event => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              void router.navigate({ href });
            }}
          />
        );
      })}
    </span>
  );
}
