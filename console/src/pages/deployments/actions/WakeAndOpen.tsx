import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useSelf } from '~/app/self';
import { FailureNote } from '~/parts/FailureNote';
import { useAttempt } from '~/parts/useAttempt';
import type { TabProps } from '../tabs';
import { useDeployment } from '../useDeployment';
import { openAirflow } from './openAirflow';
import { inHours, override } from './override';

const HOURS = 2;

/** Wakes a Deployment, shows it waking, and leads into its Airflow once that answers. */
export function WakeAndOpen({ deployment, onClose }: Pick<TabProps, 'deployment'> & { onClose: () => void }) {
  const { organizationId } = useSelf();
  const [isAsked, setAsked] = useState(false);
  const now = useDeployment(deployment.id).data ?? deployment;
  const attempt = useAttempt();
  const wake = async () =>
    setAsked(
      await attempt.run(() => override(organizationId, deployment.id, { isHibernating: false, until: inHours(HOURS) })),
    );
  const open = async () => {
    if (await attempt.run(() => openAirflow(organizationId, deployment.id))) onClose();
  };
  const isAwake = now.status === 'HEALTHY';
  return (
    <Modal
      visible
      header={`${deployment.name} is ${isAwake ? 'awake' : 'asleep'}`}
      onDismiss={onClose}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {isAsked ? 'Close' : 'Cancel'}
            </Button>
            {isAwake ? (
              <Button variant="primary" iconName="external" iconAlign="right" onClick={() => void open()}>
                Open Airflow
              </Button>
            ) : (
              <Button variant="primary" loading={attempt.isBusy || isAsked} onClick={() => void wake()}>
                Wake it
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isAwake ? (
          <StatusIndicator type="success">Its Airflow answers.</StatusIndicator>
        ) : isAsked ? (
          <StatusIndicator type="in-progress">
            It is waking up. This takes a minute or two; you may close this and come back.
          </StatusIndicator>
        ) : (
          <Box>
            Its Airflow does not run while it sleeps. Wake it for {HOURS} hours; then its own rules decide again when it
            sleeps.
          </Box>
        )}
        {attempt.failure && <FailureNote title="That did not work" thrown={attempt.failure} />}
      </SpaceBetween>
    </Modal>
  );
}
