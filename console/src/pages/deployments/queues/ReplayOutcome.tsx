import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { Choice } from '~/parts/Choice';
import { read, ResourceTable } from '~/parts/ResourceTable';
import { duration } from '~/parts/Time';
import { STYLES } from '../words';

type Replay = Schemas['ScalingReplay'];
type Case = Schemas['ScalingOutcome'] & { name: string };

const hours = (amount: number) => amount.toFixed(Math.abs(amount) < 10 ? 2 : 1);

/** What it would have cost beside what it did cost, and how long tasks waited. */
export function ReplayOutcome({ replay }: { replay: Replay }) {
  const [name, setName] = useState('');
  const shown = replay.queues.find(each => each.queue === name) ?? replay.total;
  const cases: Case[] = [
    { name: 'As it was', ...shown.recorded },
    { name: `Replayed as set now (${STYLES[replay.baselineStyle].name})`, ...shown.baseline },
    { name: `Replayed as you ask (${STYLES[replay.style].name})`, ...shown.replayed },
  ];
  if (replay.recordedSeconds === 0) return <Alert type="info">Nothing was recorded on that day.</Alert>;
  return (
    <SpaceBetween size="m">
      <Alert type="info" header={verdict(shown)}>
        {duration(replay.recordedSeconds)} of that day were recorded. Compare the two replays; the first line shows how
        near a replay comes to what was.
      </Alert>
      {replay.queues.length > 1 && (
        <Choice
          ariaLabel="Queue"
          value={name}
          onChange={setName}
          options={[
            { value: '', label: 'All queues' },
            ...replay.queues.map(each => ({ value: each.queue, label: each.queue })),
          ]}
        />
      )}
      <ResourceTable<Case>
        variant="embedded"
        rows={read(cases)}
        noun="case"
        plural="The day as it was, and replayed"
        id={each => each.name}
        text={each => each.name}
        filtersFrom={8}
        empty={{ words: 'Nothing was replayed.' }}
        columns={[
          { id: 'name', header: 'Case', isRowHeader: true, minWidth: 150, cell: each => each.name },
          { id: 'hours', header: 'Worker-hours', cell: each => <Box fontWeight="bold">{hours(each.workerHours)}</Box> },
          { id: 'peak', header: 'Most at once', cell: each => each.peakWorkers },
          { id: 'launches', header: 'Starts', cell: each => each.launches },
          { id: 'tasks', header: 'Tasks', cell: each => each.tasks },
          { id: 'half', header: 'Half waited less than', cell: each => duration(each.waitP50Seconds) },
          { id: 'most', header: '99 of 100 less than', cell: each => duration(each.waitP99Seconds) },
          { id: 'all', header: 'All waited', cell: each => duration(each.waitedSeconds) },
        ]}
      />
    </SpaceBetween>
  );
}

function verdict({ savedWorkerHours: saved, baseline, replayed }: Schemas['QueueReplay']): string {
  const share = baseline.workerHours > 0 ? ` (${Math.round((Math.abs(saved) / baseline.workerHours) * 100)} %)` : '';
  const cost =
    Math.abs(saved) < 0.005
      ? 'It would have cost the same'
      : `It would have ${saved > 0 ? 'saved' : 'cost'} ${hours(Math.abs(saved))} worker-hours${share}${saved > 0 ? '' : ' more'}`;
  const wait = replayed.waitedSeconds - baseline.waitedSeconds;
  if (Math.abs(wait) < 1) return `${cost}, and tasks would have waited as long.`;
  return `${cost}, and tasks would have waited ${duration(Math.abs(wait))} ${wait > 0 ? 'longer' : 'less'} in all.`;
}
