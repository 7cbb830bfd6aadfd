import SpaceBetween from '@cloudscape-design/components/space-between';
import { type TaskOfRun, useTaskInstance } from '~/airflow/reads';
import { FailureNote } from '~/parts/FailureNote';
import { Facts } from '~/parts/Facts';
import { GoButton } from '~/parts/Go';
import { Reading } from '~/parts/Reading';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { runAt } from './addresses';
import { State } from './State';
import { TaskLog } from './TaskLog';
import { taskName, took } from './words';

type Props = Pick<TabProps, 'deployment'> & TaskOfRun;

/** One task of a run: how it went, and what it wrote. */
export function TaskView({ deployment, ...of }: Props) {
  const task = useTaskInstance(deployment, of);
  if (task.error && !task.data)
    return <FailureNote title="The task could not be read" thrown={task.error} onRetry={() => void task.refetch()} />;
  if (!task.data) return <Reading words="Reading the task …" />;
  return (
    <SpaceBetween size="l">
      <Facts
        title={taskName(task.data)}
        description={<span className="words">{`${of.dagId}, ${of.runId}`}</span>}
        actions={
          <GoButton to={runAt(deployment.id, of.dagId, of.runId)} iconName="arrow-left">
            All tasks
          </GoButton>
        }
        facts={[
          { label: 'State', value: <State of={task.data.state} /> },
          { label: 'Queue', value: task.data.queue },
          { label: 'Started', value: <Time at={task.data.start_date} /> },
          { label: 'Took', value: took(task.data) },
        ]}
      />
      <TaskLog deployment={deployment} task={task.data} of={of} key={task.data.try_number} />
    </SpaceBetween>
  );
}
