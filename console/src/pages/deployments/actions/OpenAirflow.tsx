import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useSelf } from '~/app/self';
import { tellFailure } from '~/parts/flashes';
import type { TabProps } from '../tabs';
import { openAirflow } from './openAirflow';
import { WakeAndOpen } from './WakeAndOpen';

/** Into the Deployment's own Airflow, already signed in; one that sleeps is woken first. */
export function OpenAirflow({ deployment, isSmall }: Pick<TabProps, 'deployment'> & { isSmall?: boolean }) {
  const { organizationId } = useSelf();
  const [isBusy, setBusy] = useState(false);
  const [isWaking, setWaking] = useState(false);
  const open = async () => {
    setBusy(true);
    try {
      await openAirflow(organizationId, deployment.id);
    } catch (thrown) {
      tellFailure(`The Airflow of ${deployment.name} could not be opened`, thrown);
    }
    setBusy(false);
  };
  const isAsleep = deployment.status === 'HIBERNATING';
  return (
    <>
      <Button
        variant={isSmall ? 'inline-icon' : 'primary'}
        ariaLabel={isSmall ? `Open the Airflow of ${deployment.name}` : undefined}
        iconName="external"
        iconAlign="right"
        loading={isBusy}
        disabled={deployment.status === 'CREATING'}
        disabledReason="It is still being created."
        onClick={() => (isAsleep ? setWaking(true) : void open())}
      >
        Open Airflow
      </Button>
      {isWaking && <WakeAndOpen deployment={deployment} onClose={() => setWaking(false)} />}
    </>
  );
}
