import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '~/api/client';
import { bytes } from '~/parts/bytes';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import type { Source } from './pack';
import { SourceField } from './SourceField';
import { send, type Step } from './send';

interface Props {
  deployment: Schemas['Deployment'];
  onClose: () => void;
}

/** Code from this computer: chosen, packed here, sent and put live. */
export function NewDeploy({ deployment, onClose }: Props) {
  const attempt = useAttempt();
  const [source, setSource] = useState<Source>();
  const [description, setDescription] = useState('');
  const [step, setStep] = useState<Step>();
  const leaving = useRef(new AbortController());
  useWarning(attempt.isBusy);
  const submit = async () => {
    if (!source) return;
    const { signal } = leaving.current;
    const worked = await attempt.run(
      () => send({ deployment, source, description, onStep: setStep, signal }),
      `${source.name} is deployed to ${deployment.name}; Airflow reads it within seconds.`,
    );
    setStep(undefined);
    if (worked) onClose();
  };
  const close = () => {
    leaving.current.abort();
    onClose();
  };
  return (
    <FormModal
      title={`Deploy DAGs to ${deployment.name}`}
      verb="Deploy"
      attempt={attempt}
      onSubmit={() => void submit()}
      onClose={close}
      disabled={!source}
    >
      <SourceField value={source} onChange={setSource} disabled={attempt.isBusy} />
      <FormField
        label="Description"
        description="What changed. It stands in the history."
        errorText={attempt.failure?.field('description')}
      >
        <Input
          value={description}
          disabled={attempt.isBusy}
          placeholder="New DAG for invoices"
          onChange={event => setDescription(event.detail.value)}
        />
      </FormField>
      {step && <Progress of={step} />}
    </FormModal>
  );
}

function Progress({ of: step }: { of: Step }) {
  if (step.is === 'packing') return <ProgressBar label="Packing" value={0} description="Reading the files." />;
  if (step.is === 'finishing')
    return <ProgressBar label="Putting it live" value={100} description="Every file has arrived." />;
  return (
    <ProgressBar
      label="Sending"
      value={(step.done / step.of) * 100}
      description={`${bytes(step.done)} of ${bytes(step.of)}`}
    />
  );
}

/** Closing the tab would cut the upload short. */
function useWarning(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isBusy]);
}
