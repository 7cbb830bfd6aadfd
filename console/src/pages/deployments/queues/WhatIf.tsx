import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { queries, type Schemas } from '~/api/client';
import { Failure } from '~/api/failure';
import { useSelf } from '~/app/self';
import { Choice } from '~/parts/Choice';
import { FailureNote } from '~/parts/FailureNote';
import type { TabProps } from '../tabs';
import { STYLES } from '../words';
import { days } from './days';
import { ReplayOutcome } from './ReplayOutcome';

const REPLAYS = '/organizations/{organizationId}/deployments/{deploymentId}/scaling-replays';
const amount = (text: string) => (text.trim() ? Number(text) : null);

/** A recorded day under other terms. Nothing is changed by asking. */
export function WhatIf({ deployment }: Pick<TabProps, 'deployment'>) {
  const { organizationId } = useSelf();
  const [style, setStyle] = useState<Schemas['Style']>(
    deployment.scalingSpec?.style === 'ECONOMY' ? 'BALANCED' : 'ECONOMY',
  );
  const [choices] = useState(() => days(new Date()));
  const [day, setDay] = useState(choices[0]!.value);
  const [[min, max], setBounds] = useState(['', '']);
  const replay = queries.useMutation('post', REPLAYS);
  const failure = replay.error ? Failure.from(replay.error) : undefined;
  const ask = () =>
    replay.mutate({
      params: { path: { organizationId, deploymentId: deployment.id } },
      body: { style, day, minWorkerCount: amount(min), maxWorkerCount: amount(max) },
    });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Replays a recorded day with other settings and tells what they would have cost. Nothing is changed by asking."
        >
          What if?
        </Header>
      }
    >
      <SpaceBetween size="l">
        <form
          onSubmit={event => {
            event.preventDefault();
            if (!replay.isPending) ask();
          }}
        >
          <SpaceBetween size="m">
            <ColumnLayout columns={4}>
              <FormField label="Style" errorText={failure?.field('style')}>
                <Choice
                  value={style}
                  onChange={setStyle}
                  options={(['BALANCED', 'ECONOMY'] as const).map(each => ({ value: each, label: STYLES[each].name }))}
                />
              </FormField>
              <FormField label="Day (UTC)" errorText={failure?.field('day')}>
                <Choice value={day} onChange={setDay} options={choices} />
              </FormField>
              <FormField label="Fewest workers" errorText={failure?.field('minWorkerCount')}>
                <Input
                  type="number"
                  inputMode="numeric"
                  value={min}
                  placeholder="as set"
                  onChange={event => setBounds([event.detail.value, max])}
                />
              </FormField>
              <FormField label="Most workers" errorText={failure?.field('maxWorkerCount')}>
                <Input
                  type="number"
                  inputMode="numeric"
                  value={max}
                  placeholder="as set"
                  onChange={event => setBounds([min, event.detail.value])}
                />
              </FormField>
            </ColumnLayout>
            <Button loading={replay.isPending}>Replay the day</Button>
          </SpaceBetween>
        </form>
        {failure && <FailureNote title="The day could not be replayed" thrown={failure} />}
        {replay.data && <ReplayOutcome replay={replay.data} />}
      </SpaceBetween>
    </Container>
  );
}
