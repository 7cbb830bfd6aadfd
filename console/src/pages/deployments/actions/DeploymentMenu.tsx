import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useSelf } from '~/app/self';
import { tellDone, tellFailure } from '~/parts/flashes';
import { refresh } from '~/api/client';
import type { TabProps } from '../tabs';
import { DeleteDeployment } from './DeleteDeployment';
import { OverrideModal } from './OverrideModal';
import { takeBack } from './override';

interface Props extends Pick<TabProps, 'deployment'> {
  variant?: ButtonDropdownProps.Variant;
  onDeleted?: () => unknown;
}

/** What can be changed about a Deployment in one step, and the dialogs that this needs. */
export function DeploymentMenu({ deployment, variant, onDeleted }: Props) {
  const [router, { organizationId }] = [useRouter(), useSelf()];
  const [dialog, setDialog] = useState('');
  const close = () => setDialog('');
  const isAsleep = deployment.scalingStatus.hibernationStatus.isHibernating;
  const isOverridden = deployment.scalingSpec?.hibernationSpec?.override?.isActive ?? false;
  const follow = async () => {
    try {
      await takeBack(organizationId, deployment.id);
      tellDone(`${deployment.name} follows its own rules again.`);
      void refresh();
    } catch (thrown) {
      tellFailure('That did not work', thrown);
    }
  };
  const act = (id: string) => {
    if (id === 'edit') void router.navigate({ href: `/deployments/${deployment.id}/edit` });
    else if (id === 'follow') void follow();
    else setDialog(id);
  };
  return (
    <>
      <ButtonDropdown
        variant={variant ?? 'normal'}
        expandToViewport
        ariaLabel={`Actions for ${deployment.name}`}
        onItemClick={event => act(event.detail.id)}
        items={[
          { id: 'edit', text: 'Edit' },
          isAsleep ? { id: 'wake', text: 'Wake …' } : { id: 'sleep', text: 'Put to sleep …' },
          ...(isOverridden ? [{ id: 'follow', text: 'Follow its rules for sleeping again' }] : []),
          { id: 'delete', text: 'Delete …' },
        ]}
      >
        {variant?.includes('icon') ? undefined : 'Actions'}
      </ButtonDropdown>
      {(dialog === 'sleep' || dialog === 'wake') && (
        <OverrideModal deployment={deployment} isHibernating={dialog === 'sleep'} onClose={close} />
      )}
      {dialog === 'delete' && <DeleteDeployment deployment={deployment} onDeleted={onDeleted} onClose={close} />}
    </>
  );
}
