import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { FormModal } from '~/parts/FormModal';
import { useAttempt } from '~/parts/useAttempt';
import type { Deploy } from './history';

interface Props {
  deployment: Schemas['Deployment'];
  deploy: Deploy;
  onClose: () => void;
}

/** Says afterwards what a deploy changed: all of it that can be edited. */
export function Describe({ deployment, deploy, onClose }: Props) {
  const attempt = useAttempt();
  const [description, setDescription] = useState(deploy.description);
  const path = { organizationId: deployment.organizationId, deploymentId: deployment.id, deployId: deploy.id };
  const change = () =>
    told(
      api.POST('/organizations/{organizationId}/deployments/{deploymentId}/deploys/{deployId}', {
        params: { path },
        body: { description: description.trim() },
      }),
    );
  const submit = async () => {
    await attempt.run(change, 'The description is changed.', onClose);
  };
  return (
    <FormModal
      title="Describe the deploy"
      verb="Save"
      attempt={attempt}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <FormField label="Description" description="What changed." errorText={attempt.failure?.field('description')}>
        <Input value={description} onChange={event => setDescription(event.detail.value)} autoFocus />
      </FormField>
    </FormModal>
  );
}
