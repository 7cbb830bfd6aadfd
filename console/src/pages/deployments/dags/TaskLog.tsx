import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useMemo, useState } from 'react';
import { isMoving, useTaskLog, type TaskOfRun } from '~/airflow/reads';
import type { TaskInstance } from '~/airflow/types';
import { Choice } from '~/parts/Choice';
import { FailureNote } from '~/parts/FailureNote';
import { LogActions } from '~/parts/log/LogActions';
import { LogLines } from '~/parts/log/LogLines';
import { Reading } from '~/parts/Reading';
import { Empty } from '~/parts/ResourceTable';
import { useAddress } from '~/parts/useAddress';
import type { TabProps } from '../tabs';
import { asText, linesOf } from './taskLog';

const MOST = 5_000;

interface Props extends Pick<TabProps, 'deployment'> {
  task: TaskInstance;
  of: TaskOfRun;
}

/** What a task wrote, in its last try or in the one that the address names. */
export function TaskLog({ deployment, task, of }: Props) {
  const [words, setWords] = useAddress();
  const [wraps, setWraps] = useState(true);
  const last = task.try_number;
  const asked = Number(words.try);
  const shown = Number.isInteger(asked) && asked >= 1 && asked <= last ? asked : last;
  const follows = shown === last && isMoving(task.state);
  const log = useTaskLog(deployment, of, shown, follows);
  const lines = useMemo(() => linesOf(log.data ?? []), [log.data]);
  const newest = useMemo(() => lines.slice(-MOST), [lines]);
  const text = useMemo(() => asText(lines), [lines]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            lines.length > MOST ? `The newest ${MOST} of ${lines.length} lines; a download has all.` : undefined
          }
          actions={<LogActions text={text} name={`${of.dagId}.${of.taskId}.${shown}.log`} />}
        >
          Log
        </Header>
      }
    >
      {last === 0 ? (
        <Empty words="It has not started, so it has written nothing." />
      ) : (
        <SpaceBetween size="s">
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            {last > 1 && (
              <Choice
                ariaLabel="Try"
                value={String(shown)}
                options={Array.from({ length: last }, (_, at) => ({
                  value: `${at + 1}`,
                  label: `Try ${at + 1} of ${last}`,
                }))}
                onChange={value => setWords({ try: value === String(last) ? '' : value })}
              />
            )}
            <Toggle checked={wraps} onChange={event => setWraps(event.detail.checked)}>
              Wrap lines
            </Toggle>
          </SpaceBetween>
          {log.error && (
            <FailureNote title="The log could not be read" thrown={log.error} onRetry={() => void log.refetch()} />
          )}
          {log.isPending && <Reading words="Reading the log …" />}
          {log.data && lines.length === 0 && <Empty words="It wrote nothing." />}
          {lines.length > 0 && <LogLines lines={newest} wraps={wraps} follows={follows} />}
        </SpaceBetween>
      )}
    </Container>
  );
}
