import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useDag, useRuns } from '~/airflow/reads';
import { FailureNote } from '~/parts/FailureNote';
import { Go, GoButton } from '~/parts/Go';
import { Reading } from '~/parts/Reading';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { dagsAt, runAt } from './addresses';
import { PauseToggle } from './PauseToggle';
import { State, stateWords } from './State';
import { TriggerButton } from './TriggerButton';
import { took } from './words';

const FEW = 25;
const MANY = 100;

/** One DAG and its runs. */
export function DagView({ deployment, dagId }: Pick<TabProps, 'deployment'> & { dagId: string }) {
  const [limit, setLimit] = useState(FEW);
  const [dag, runs] = [useDag(deployment, dagId), useRuns(deployment, dagId, limit)];
  if (dag.error && !dag.data)
    return <FailureNote title={`${dagId} could not be read`} thrown={dag.error} onRetry={() => void dag.refetch()} />;
  if (!dag.data) return <Reading words={`Reading ${dagId} …`} />;
  const total = runs.data?.total_entries ?? 0;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h2"
        description={[
          dag.data.description,
          dag.data.timetable_description || dag.data.timetable_summary || 'Runs by hand',
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={
          <SpaceBetween direction="horizontal" size="s" alignItems="center">
            <PauseToggle deployment={deployment} dag={dag.data} isLabelled />
            <GoButton to={dagsAt(deployment.id)} iconName="arrow-left">
              All DAGs
            </GoButton>
            <TriggerButton deployment={deployment} dag={dag.data} />
          </SpaceBetween>
        }
      >
        {dag.data.dag_display_name || dagId}
      </Header>
      <ResourceTable
        rows={{ ...runs, data: runs.data?.dag_runs }}
        noun="run"
        title="Runs"
        description={
          total > limit ? (
            <>
              The newest {limit} of {total}.{' '}
              {limit < MANY && (
                <Button variant="inline-link" onClick={() => setLimit(MANY)}>
                  Show {Math.min(MANY, total)}
                </Button>
              )}
            </>
          ) : undefined
        }
        id={each => each.dag_run_id}
        text={each => [each.dag_run_id, stateWords(each.state), each.run_type].join(' ')}
        sortedBy="when"
        descending
        empty={{ words: 'It has not run yet.', action: <TriggerButton deployment={deployment} dag={dag.data} /> }}
        columns={[
          { id: 'state', header: 'State', sortingField: 'state', cell: each => <State of={each.state} /> },
          {
            id: 'run',
            header: 'Run',
            isRowHeader: true,
            cell: each => <Go to={runAt(deployment.id, dagId, each.dag_run_id)}>{each.dag_run_id}</Go>,
          },
          { id: 'type', header: 'How', sortingField: 'run_type', cell: each => stateWords(each.run_type) },
          { id: 'when', header: 'For', sortingField: 'run_after', cell: each => <Time at={each.run_after} /> },
          { id: 'took', header: 'Took', cell: each => took(each) },
        ]}
      />
    </SpaceBetween>
  );
}
