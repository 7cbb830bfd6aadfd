import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import type { TabProps } from '../tabs';

interface Props extends Pick<TabProps, 'deployment'> {
  onDeleted?: () => unknown;
  onClose: () => void;
}

export function DeleteDeployment({ deployment, onDeleted, onClose }: Props) {
  const { organizationId } = useSelf();
  const params = { path: { organizationId, deploymentId: deployment.id } };
  return (
    <Confirm
      title="Delete the Deployment"
      verb="Delete"
      typed={deployment.name}
      act={() => told(api.DELETE('/organizations/{organizationId}/deployments/{deploymentId}', { params }))}
      done={`${deployment.name} is being deleted.`}
      then={onDeleted}
      onClose={onClose}
    >
      {deployment.name} goes for good, with its Airflow database, the history of its runs, its logs and its code. Tasks
      that run now are given up.
    </Confirm>
  );
}
