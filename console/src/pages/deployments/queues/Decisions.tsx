import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense } from 'react';
import type { Schemas } from '~/api/client';
import { FailureNote } from '~/parts/FailureNote';
import { Reading } from '~/parts/Reading';
import { useUrlParam } from '~/parts/useUrlParam';
import { STYLES } from '../words';
import type { TabProps } from '../tabs';
import { useDecisions } from '../useDecisions';
import { DecisionTable } from './DecisionTable';
import { history } from './history';

const Chart = lazy(async () => ({ default: (await import('./Chart')).Chart }));

const MOST = 500;
const SPANS = [
  { id: '1', text: '1 hour' },
  { id: '6', text: '6 hours' },
  { id: '24', text: '1 day' },
  { id: '168', text: '1 week' },
];

interface Props extends Pick<TabProps, 'deployment'> {
  queue: Schemas['WorkerQueue'];
}

/** What was decided for one queue, drawn over what its tasks asked for. */
export function Decisions({ deployment, queue }: Props) {
  const [hours, setHours] = useUrlParam('hours', '6');
  const asked = { queue: queue.name, hours: Number(hours) || 6, limit: MOST };
  const shadow = deployment.scalingSpec?.shadowStyle;
  const real = useDecisions(deployment.id, asked);
  const thought = useDecisions(deployment.id, { ...asked, isShadow: true }, shadow ? undefined : false);
  const shadows = shadow ? (thought.data ?? []) : [];
  const decisions = [...(real.data ?? []), ...shadows];
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="As high as the area of tasks is the line of workers that can run all of them at once."
            actions={
              <SegmentedControl
                label="Time shown"
                selectedId={hours}
                options={SPANS}
                onChange={event => setHours(event.detail.selectedId)}
              />
            }
          >
            Demand and workers of {queue.name}
          </Header>
        }
      >
        {real.error && !real.data ? (
          <FailureNote
            title="The decisions could not be read"
            thrown={real.error}
            onRetry={() => void real.refetch()}
          />
        ) : real.isPending ? (
          <Reading words="Reading what was decided …" />
        ) : decisions.length === 0 ? (
          <Box textAlign="center" color="text-body-secondary" padding="l">
            Nothing was decided in this time. What stays as it was is not written down.
          </Box>
        ) : (
          <Suspense fallback={<Reading words="Drawing …" />}>
            <Chart
              history={history(real.data, shadows, real.dataUpdatedAt)}
              concurrency={queue.workerConcurrency}
              shadow={shadow ? STYLES[shadow].name : undefined}
              label={`Tasks and workers of ${queue.name} in the last ${hours} hours; the table below tells each decision`}
            />
          </Suspense>
        )}
      </Container>
      <DecisionTable
        rows={{ ...real, data: real.data && decisions }}
        hasShadow={!!shadow}
        mayMore={real.data?.length === MOST}
      />
    </SpaceBetween>
  );
}
