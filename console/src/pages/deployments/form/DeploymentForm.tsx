import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Grid from '@cloudscape-design/components/grid';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { FailureNote } from '~/parts/FailureNote';
import { GoButton } from '~/parts/Go';
import type { Attempt } from '~/parts/useAttempt';
import { Airflow } from './Airflow';
import type { Draft } from './draft';
import { Estimate } from './Estimate';
import { Identity } from './Identity';
import { QueueFields } from './QueueFields';
import { Scaling } from './Scaling';
import { Sleep } from './Sleep';
import { TaskPods } from './TaskPods';

interface Props {
  start: Draft;
  options: Schemas['DeploymentOptions'];
  before?: Schemas['Deployment'];
  attempt: Attempt;
  verb: string;
  back: string;
  onSubmit: (draft: Draft) => void;
}

/** Everything that a Deployment can be, beside what it would cost. */
export function DeploymentForm({ start, options, before, attempt, verb, back, onSubmit }: Props) {
  const [draft, setDraft] = useState(start);
  const errors = attempt.failure?.fieldErrors ?? [];
  const part = {
    draft,
    options,
    before,
    change: (changed: Partial<Draft>) => setDraft(now => ({ ...now, ...changed })),
    wrong: (field: string) =>
      errors.find(
        each => each.field === field || each.field.startsWith(`${field}[`) || each.field.startsWith(`${field}.`),
      )?.message,
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (!attempt.isBusy) onSubmit(draft);
      }}
    >
      <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
        <Form
          actions={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <GoButton to={back} variant="link" formAction="none">
                  Cancel
                </GoButton>
                <Button variant="primary" loading={attempt.isBusy}>
                  {verb}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <SpaceBetween size="l">
            <Identity {...part} />
            <Airflow {...part} />
            <QueueFields {...part} />
            <Scaling {...part} />
            <Sleep {...part} />
            <TaskPods {...part} />
            {attempt.failure && <FailureNote title="That did not work" thrown={attempt.failure} />}
          </SpaceBetween>
        </Form>
        <Estimate draft={draft} options={options} />
      </Grid>
    </form>
  );
}
