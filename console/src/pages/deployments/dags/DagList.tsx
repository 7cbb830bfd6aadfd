import SpaceBetween from '@cloudscape-design/components/space-between';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import { useDags } from '~/airflow/reads';
import { Go, GoButton } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';
import { dagAt } from './addresses';
import { ImportErrors } from './ImportErrors';
import { LastRuns } from './LastRuns';
import { PauseToggle } from './PauseToggle';
import { TriggerButton } from './TriggerButton';

export function DagList({ deployment }: Pick<TabProps, 'deployment'>) {
  const dags = useDags(deployment);
  return (
    <SpaceBetween size="l">
      <ImportErrors deployment={deployment} />
      <ResourceTable
        rows={dags}
        noun="DAG"
        title="DAGs"
        description="As its Airflow has them. A DAG that is not paused runs by its schedule."
        id={each => each.dag_id}
        text={each => [each.dag_id, each.dag_display_name, ...each.tags.map(tag => tag.name)].join(' ')}
        sortedBy="name"
        empty={{
          words: 'Its Airflow has no DAG yet, or none that you may see.',
          action: <GoButton to={`/deployments/${deployment.id}/deploys`}>Deploy some</GoButton>,
        }}
        columns={[
          {
            id: 'active',
            header: 'On',
            width: 70,
            cell: each => <PauseToggle deployment={deployment} dag={each} />,
          },
          {
            id: 'name',
            header: 'DAG',
            sortingField: 'dag_id',
            isRowHeader: true,
            cell: each => (
              <>
                <Go to={dagAt(deployment.id, each.dag_id)}>{each.dag_display_name || each.dag_id}</Go>
                {each.tags.length > 0 && (
                  <Box padding={{ top: 'xxxs' }}>
                    <SpaceBetween direction="horizontal" size="xxs">
                      {each.tags.map(tag => (
                        <Badge key={tag.name}>{tag.name}</Badge>
                      ))}
                    </SpaceBetween>
                  </Box>
                )}
              </>
            ),
          },
          { id: 'schedule', header: 'Schedule', cell: each => each.timetable_summary || 'By hand' },
          { id: 'runs', header: 'Last runs', cell: each => <LastRuns deployment={deployment} dagId={each.dag_id} /> },
          {
            id: 'next',
            header: 'Next run',
            sortingField: 'next_dagrun_run_after',
            cell: each => (each.is_paused ? 'Paused' : <Time at={each.next_dagrun_run_after} />),
          },
          {
            id: 'actions',
            header: 'Run',
            cell: each => <TriggerButton deployment={deployment} dag={each} variant="inline-icon" />,
          },
        ]}
      />
    </SpaceBetween>
  );
}
