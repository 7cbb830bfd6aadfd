import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { airflowOf } from '~/airflow/airflow';
import type { Dag, Run } from '~/airflow/types';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import type { TabProps } from '../tabs';
import { runAt } from './addresses';

interface Props extends Pick<TabProps, 'deployment'> {
  dag: Dag;
  onClose: () => void;
}

/** Runs a DAG now, with what its tasks find as `conf`. */
export function TriggerModal({ deployment, dag, onClose }: Props) {
  const attempt = useAttempt();
  const router = useRouter();
  const [text, setText] = useState('');
  const conf = parsed(text);
  const submit = async () => {
    let run: Run | undefined;
    const start = async () => {
      run = await airflowOf(deployment).ask<Run>('POST', `/dags/${encodeURIComponent(dag.dag_id)}/dagRuns`, {
        logical_date: null,
        conf,
      });
    };
    if (!(await attempt.run(start, `${dag.dag_id} is started.`)) || !run) return;
    onClose();
    void router.navigate({ href: runAt(deployment.id, dag.dag_id, run.dag_run_id) });
  };
  return (
    <FormModal
      title={`Run ${dag.dag_display_name || dag.dag_id}`}
      verb="Run"
      attempt={attempt}
      disabled={conf === undefined}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {dag.is_paused && (
        <Alert type="warning">This DAG is paused: the run waits until somebody turns the DAG on.</Alert>
      )}
      <FormField
        label="Configuration"
        description="One JSON object, which its tasks find as the run’s conf. It may be left empty."
        errorText={conf === undefined && 'This is no JSON object yet.'}
      >
        <Textarea
          value={text}
          rows={6}
          spellcheck={false}
          placeholder="{}"
          onChange={event => setText(event.detail.value)}
        />
      </FormField>
    </FormModal>
  );
}

function parsed(text: string): object | undefined {
  if (!text.trim()) return {};
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
