import { useParams, useRouter } from '@tanstack/react-router';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import { useAttempt } from '~/parts/useAttempt';
import { useDeployment } from '../useDeployment';
import { updateBody } from './bodies';
import { DeploymentForm } from './DeploymentForm';
import { type Draft, draftOf } from './draft';
import { useOptions } from './useOptions';

export function EditDeployment() {
  const { deploymentId = '' } = useParams({ strict: false });
  const [router, { organizationId }, attempt] = [useRouter(), useSelf(), useAttempt()];
  const [options, deployment] = [useOptions(deploymentId), useDeployment(deploymentId)];
  const before = deployment.data;
  const home = `/deployments/${deploymentId}`;
  const change = async (draft: Draft) => {
    if (!before) return;
    const [params, body] = [{ path: { organizationId, deploymentId } }, updateBody(draft, before)];
    const go = () => told(api.POST('/organizations/{organizationId}/deployments/{deploymentId}', { params, body }));
    if (await attempt.run(go, `${body.name} is being changed.`)) void router.navigate({ href: home });
  };
  const failure = before ? options.error : deployment.error;
  return (
    <Page
      title={before ? `Edit ${before.name}` : 'Edit a Deployment'}
      description="Running tasks go on; workers that are busy change once they are done."
      trail={[
        { text: 'Deployments', href: '/deployments' },
        { text: before?.name ?? 'Deployment', href: home },
      ]}
    >
      {before && options.data ? (
        <DeploymentForm
          start={draftOf(before)}
          before={before}
          options={options.data}
          attempt={attempt}
          verb="Save"
          back={home}
          onSubmit={draft => void change(draft)}
        />
      ) : failure ? (
        <FailureNote
          title="The Deployment could not be read"
          thrown={failure}
          onRetry={() => void Promise.all([deployment.refetch(), options.refetch()])}
        />
      ) : (
        <Reading words="Reading the Deployment …" />
      )}
    </Page>
  );
}
