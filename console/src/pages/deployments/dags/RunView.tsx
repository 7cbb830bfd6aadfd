import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRun, useTaskInstances } from '~/airflow/reads';
import { FailureNote } from '~/parts/FailureNote';
import { GoButton } from '~/parts/Go';
import { Reading } from '~/parts/Reading';
import { ResourceTable } from '~/parts/ResourceTable';
import { duration, Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { took } from './DagView';
import { State, stateWords } from './State';
import { TaskBar } from './TaskBar';

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
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={<span className="words">{runId}</span>}
            actions={
              <GoButton to={`/deployments/${deployment.id}/dags/${encodeURIComponent(dagId)}`} iconName="arrow-left">
                All runs
              </GoButton>
            }
          >
            A run of {dagId}
          </Header>
        }
      >
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'State', value: <State of={run.data.state} /> },
            { label: 'How', value: stateWords(run.data.run_type) },
            { label: 'Started', value: <Time at={run.data.start_date} /> },
            { label: 'Took', value: took(run.data) },
            ...(conf === '{}' ? [] : [{ label: 'Configuration', value: <pre className="trace">{conf}</pre> }]),
          ]}
        />
      </Container>
      <ResourceTable
        rows={tasks}
        noun="task"
        title="Tasks"
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
            cell: each => (each.map_index < 0 ? each.task_id : `${each.task_id} [${each.map_index}]`),
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
