import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { FailureNote } from '~/parts/FailureNote';
import { Reading } from '~/parts/Reading';
import { Empty } from '~/parts/ResourceTable';
import { useAddress } from '~/parts/useAddress';
import { useLogs } from './entries';
import { LogActions } from './LogActions';
import { LogFilters, RANGES } from './LogFilters';
import { LogLines } from './LogLines';

const FEW = 500;
const MANY = 5_000;

/** What Airflow's own processes wrote in the last day; also of a Deployment that sleeps. */
export function Logs({ deployment }: { deployment: Schemas['Deployment'] }) {
  const [words, setWords] = useAddress();
  const [follows, setFollows] = useState(false);
  const [wraps, setWraps] = useState(true);
  const [most, setMost] = useState(FEW);
  const { component = '', search = '' } = words;
  const range = RANGES.some(each => each.value === words.range) ? Number(words.range) : 3_600;
  const logs = useLogs(deployment, { source: component, search, range, most }, follows);
  const entries = logs.data ?? [];
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The words of Airflow’s components in the last 24 hours. What tasks wrote is with their runs."
          actions={<LogActions entries={entries} name={deployment.name} />}
        >
          Logs
        </Header>
      }
    >
      <SpaceBetween size="s">
        <LogFilters
          component={component}
          search={search}
          range={String(range)}
          onChange={setWords}
          follows={follows}
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
            {(search || component) && (
              <Button onClick={() => setWords({ search: '', component: '' })}>Clear the filters</Button>
            )}
          </Empty>
        )}
        {entries.length > 0 && (
          <>
            <LogLines entries={entries} search={search} wraps={wraps} follows={follows} />
            <Box color="text-body-secondary" fontSize="body-s">
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <span>{entries.length < most ? `${entries.length} entries.` : `The newest ${most} entries.`}</span>
                {entries.length >= most && most < MANY && (
                  <Button variant="inline-link" onClick={() => setMost(MANY)}>
                    Show up to {MANY}
                  </Button>
                )}
                {follows && <StatusIndicator type="in-progress">Following</StatusIndicator>}
              </SpaceBetween>
            </Box>
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}
