import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { OverrideModal } from '../actions/OverrideModal';
import type { TabProps } from '../tabs';
import { DagList } from './DagList';
import { DagView } from './DagView';
import { RunView } from './RunView';
import { TaskView } from './TaskView';

/** DAGs and runs, read from the Deployment's own Airflow: all, one DAG, one run, or one task of it, as the address says. */
export function Dags({ deployment, rest }: TabProps) {
  const [dagId = '', runs, runId = '', tasks, taskId = '', mapIndex = '-1'] = rest.split('/');
  if (deployment.status === 'HIBERNATING') return <Asleep deployment={deployment} />;
  if (deployment.status === 'CREATING')
    return (
      <Container>
        <Box textAlign="center" color="text-body-secondary" padding="l">
          Its Airflow is still being created. DAGs are here as soon as it answers.
        </Box>
      </Container>
    );
  if (!dagId) return <DagList deployment={deployment} />;
  if (runs === 'runs' && runId && tasks === 'tasks' && taskId)
    return (
      <TaskView
        deployment={deployment}
        dagId={dagId}
        runId={runId}
        taskId={taskId}
        mapIndex={Number(mapIndex)}
        key={rest}
      />
    );
  if (runs === 'runs' && runId) return <RunView deployment={deployment} dagId={dagId} runId={runId} key={runId} />;
  return <DagView deployment={deployment} dagId={dagId} key={dagId} />;
}

/** Looking wakes nobody: whoever wants to see DAGs says so. */
function Asleep({ deployment }: Pick<TabProps, 'deployment'>) {
  const [isWaking, setWaking] = useState(false);
  return (
    <Container>
      <Box textAlign="center" padding="l">
        <SpaceBetween size="m">
          <Box variant="h3">{deployment.name} is asleep</Box>
          <Box color="text-body-secondary">
            DAGs and runs are in its Airflow, which does not run while it sleeps. Waking it takes a minute or two.
          </Box>
          <Button onClick={() => setWaking(true)}>Wake it</Button>
        </SpaceBetween>
      </Box>
      {isWaking && <OverrideModal deployment={deployment} isHibernating={false} onClose={() => setWaking(false)} />}
    </Container>
  );
}
