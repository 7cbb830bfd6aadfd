import { told } from '~/api/ask';
import { api, refresh } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { tellDone } from '~/parts/flashes';
import type { TabProps } from '../tabs';

interface Props extends Pick<TabProps, 'deployment'> {
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteDeployment({ deployment, onDeleted, onClose }: Props) {
  const { organizationId } = useSelf();
  const remove = async () => {
    const path = { organizationId, deploymentId: deployment.id };
    await told(api.DELETE('/organizations/{organizationId}/deployments/{deploymentId}', { params: { path } }));
    tellDone(`${deployment.name} is being deleted.`);
    onDeleted?.();
    void refresh(['deployments']);
  };
  return (
    <Confirm title="Delete the Deployment" verb="Delete" typed={deployment.name} act={remove} onClose={onClose}>
      {deployment.name} goes for good, with its Airflow database, the history of its runs, its logs and its code. Tasks
      that run now are given up.
    </Confirm>
  );
}
