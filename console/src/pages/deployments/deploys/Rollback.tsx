import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { FormModal } from '~/parts/FormModal';
import { moment } from '~/parts/Time';
import { useAttempt } from '~/parts/useAttempt';
import type { Deploy } from './history';

interface Props {
  deployment: Schemas['Deployment'];
  deploy: Deploy;
  onClose: () => void;
}

/** Asks once more, and why, before older code runs again. */
export function Rollback({ deployment, deploy, onClose }: Props) {
  const attempt = useAttempt();
  const [why, setWhy] = useState('');
  const path = { organizationId: deployment.organizationId, deploymentId: deployment.id, deployId: deploy.id };
  const change = () =>
    told(
      api.POST('/organizations/{organizationId}/deployments/{deploymentId}/deploys/{deployId}/rollback', {
        params: { path },
        body: { description: why.trim() },
      }),
    );
  const submit = async () => {
    await attempt.run(change, `${deployment.name} is rolled back; Airflow reads the code within seconds.`, onClose);
  };
  return (
    <FormModal title="Roll back" verb="Roll back" attempt={attempt} onSubmit={() => void submit()} onClose={onClose}>
      <Alert type="warning">
        New runs of {deployment.name} will use the code of {moment(deploy.createdAt)}
        {deploy.description && <> (“{deploy.description}”)</>}. Running tasks keep the code they began with. You can
        come back to what runs now in the same way.
      </Alert>
      <FormField label="Why" description="It stands in the history." errorText={attempt.failure?.field('description')}>
        <Input value={why} onChange={event => setWhy(event.detail.value)} autoFocus />
      </FormField>
    </FormModal>
  );
}
