import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMemo, useState } from 'react';
import type { Schemas } from '~/api/client';
import { FailureNote } from '~/parts/FailureNote';
import { LogActions } from '~/parts/log/LogActions';
import { LogLines } from '~/parts/log/LogLines';
import { Reading } from '~/parts/Reading';
import { Empty } from '~/parts/ResourceTable';
import { useAddress } from '~/parts/useAddress';
import { asText, lineOf, useLogs } from './entries';
import { LogFilters } from './LogFilters';
import { spanOf } from './span';

const FEW = 500;
const MANY = 5_000;

/** What Airflow's own processes wrote in the last day; also of a Deployment that sleeps. */
export function Logs({ deployment }: { deployment: Schemas['Deployment'] }) {
  const [words, setWords] = useAddress();
  const [follows, setFollows] = useState(false);
  const [wraps, setWraps] = useState(true);
  const [most, setMost] = useState(FEW);
  const { component = '', search = '' } = words;
  const span = spanOf(words);
  // what has an end gets no new lines
  const isFollowing = follows && 'range' in span;
  const logs = useLogs(deployment, { source: component, search, span, most }, isFollowing);
  const entries = logs.data ?? [];
  const lines = useMemo(() => logs.data?.map(lineOf) ?? [], [logs.data]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The words of Airflow’s components in the last 24 hours. What tasks wrote is with their runs."
          actions={<LogActions text={asText(entries)} name={`${deployment.name}.log`} />}
        >
          Logs
        </Header>
      }
    >
      <SpaceBetween size="s">
        <LogFilters
          component={component}
          search={search}
          span={span}
          onChange={setWords}
          follows={isFollowing}
          onFollows={setFollows}
          wraps={wraps}
          onWraps={setWraps}
        />
        {logs.error && (
          <FailureNote title="The logs could not be read" thrown={logs.error} onRetry={() => void logs.refetch()} />
        )}
        {logs.isPending && <Reading words="Reading the logs …" />}
        {logs.data?.length === 0 && (
          <Empty words={search ? 'Nothing that was written matches.' : 'Nothing was written in this time.'}>
            {!!(search || component) && (
              <Button onClick={() => setWords({ search: '', component: '' })}>Clear the filters</Button>
            )}
          </Empty>
        )}
        {entries.length > 0 && (
          <SpaceBetween size="xs">
            <LogLines lines={lines} search={search} wraps={wraps} follows={isFollowing} />
            <Box color="text-body-secondary" fontSize="body-s">
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <span>{entries.length < most ? `${entries.length} entries.` : `The newest ${most} entries.`}</span>
                {entries.length >= most && most < MANY && (
                  <Button variant="inline-link" onClick={() => setMost(MANY)}>
                    Show up to {MANY}
                  </Button>
                )}
                {isFollowing && <StatusIndicator type="in-progress">Following</StatusIndicator>}
              </SpaceBetween>
            </Box>
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}
