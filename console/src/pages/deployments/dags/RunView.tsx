import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRun, useTaskInstances } from '~/airflow/reads';
import { FailureNote } from '~/parts/FailureNote';
import { Facts } from '~/parts/Facts';
import { Go, GoButton } from '~/parts/Go';
import { Reading } from '~/parts/Reading';
import { ResourceTable } from '~/parts/ResourceTable';
import { duration, Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { dagAt, runAt } from './addresses';
import { State, stateWords } from './State';
import { TaskBar } from './TaskBar';
import { taskName, took } from './words';

interface Props extends Pick<TabProps, 'deployment'> {
  dagId: string;
  runId: string;
}

/** One run of a DAG: how it went, and each of its tasks. */
export function RunView({ deployment, dagId, runId }: Props) {
  const run = useRun(deployment, dagId, runId);
  const tasks = useTaskInstances(deployment, dagId, runId, run.data?.end_date === null);
  if (run.error && !run.data)
    return <FailureNote title="The run could not be read" thrown={run.error} onRetry={() => void run.refetch()} />;
  if (!run.data) return <Reading words="Reading the run …" />;
  const conf = JSON.stringify(run.data.conf ?? {}, null, 2);
  const tasksAt = `${runAt(deployment.id, dagId, runId)}/tasks`;
  return (
    <SpaceBetween size="l">
      <Facts
        title={`A run of ${dagId}`}
        description={<span className="words">{runId}</span>}
        actions={
          <GoButton to={dagAt(deployment.id, dagId)} iconName="arrow-left">
            All runs
          </GoButton>
        }
        facts={[
          { label: 'State', value: <State of={run.data.state} /> },
          { label: 'How', value: stateWords(run.data.run_type) },
          { label: 'Started', value: <Time at={run.data.start_date} /> },
          { label: 'Took', value: took(run.data) },
          ...(conf === '{}' ? [] : [{ label: 'Configuration', value: <pre className="trace">{conf}</pre> }]),
        ]}
      />
      <ResourceTable
        rows={tasks}
        noun="task"
        title="Tasks"
        description="Each leads to what it wrote."
        id={each => `${each.task_id}[${each.map_index}]`}
        text={each => [each.task_id, stateWords(each.state), each.operator_name, each.queue].join(' ')}
        filtersFrom={8}
        sortedBy="started"
        empty={{ words: 'This run has no task.' }}
        columns={[
          { id: 'state', header: 'State', sortingField: 'state', cell: each => <State of={each.state} /> },
          {
            id: 'task',
            header: 'Task',
            sortingField: 'task_id',
            isRowHeader: true,
            cell: each => (
              <Go
                to={`${tasksAt}/${encodeURIComponent(each.task_id)}${each.map_index < 0 ? '' : `/${each.map_index}`}`}
              >
                {taskName(each)}
              </Go>
            ),
          },
          { id: 'try', header: 'Try', cell: each => each.try_number || '–' },
          { id: 'queue', header: 'Queue', cell: each => each.queue ?? '–' },
          {
            id: 'started',
            header: 'Started',
            sortingField: 'start_date',
            cell: each => <Time at={each.start_date} />,
          },
          {
            id: 'took',
            header: 'Took',
            sortingField: 'duration',
            cell: each => (each.duration ? duration(each.duration) : each.start_date ? took(each) : '–'),
          },
          { id: 'bar', header: 'When', cell: each => <TaskBar task={each} run={run.data} /> },
        ]}
      />
    </SpaceBetween>
  );
}
