import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { airflowOf } from '~/airflow/airflow';
import type { Dag } from '~/airflow/types';
import { refresh } from '~/api/client';
import { tellFailure } from '~/parts/flashes';
import type { TabProps } from '../tabs';

interface Props extends Pick<TabProps, 'deployment'> {
  dag: Dag;
  /** A word beside it, where no column says what it is. */
  isLabelled?: boolean;
}

/** Whether a DAG runs by its schedule. */
export function PauseToggle({ deployment, dag, isLabelled }: Props) {
  const [wanted, setWanted] = useState<boolean>();
  const isOn = wanted ?? !dag.is_paused;
  const change = async (next: boolean) => {
    setWanted(next);
    try {
      await airflowOf(deployment).ask('PATCH', `/dags/${encodeURIComponent(dag.dag_id)}`, { is_paused: !next });
      await refresh(['airflow', deployment.id]);
    } catch (thrown) {
      tellFailure(`${dag.dag_id} could not be ${next ? 'unpaused' : 'paused'}`, thrown);
    }
    setWanted(undefined);
  };
  return (
    <Toggle
      checked={isOn}
      disabled={wanted !== undefined}
      ariaLabel={`${dag.dag_id} runs by its schedule`}
      onChange={event => void change(event.detail.checked)}
    >
      {isLabelled && (isOn ? 'On' : 'Paused')}
    </Toggle>
  );
}
