import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { Dag } from '~/airflow/types';
import type { TabProps } from '../tabs';
import { TriggerModal } from './TriggerModal';

interface Props extends Pick<TabProps, 'deployment'> {
  dag: Dag;
  variant?: 'inline-icon' | 'primary';
}

export function TriggerButton({ deployment, dag, variant = 'primary' }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant={variant}
        iconName={variant === 'inline-icon' ? 'caret-right-filled' : undefined}
        ariaLabel={variant === 'inline-icon' ? `Run ${dag.dag_id}` : undefined}
        onClick={() => setOpen(true)}
      >
        {variant === 'primary' && 'Run'}
      </Button>
      {isOpen && <TriggerModal deployment={deployment} dag={dag} onClose={() => setOpen(false)} />}
    </>
  );
}
