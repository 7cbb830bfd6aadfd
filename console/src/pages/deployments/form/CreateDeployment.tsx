import { useRouter, useSearch } from '@tanstack/react-router';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useClusters, useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import { useAttempt } from '~/parts/useAttempt';
import { createBody } from './bodies';
import { DeploymentForm } from './DeploymentForm';
import { blank, type Draft } from './draft';
import { useOptions } from './useOptions';

/** `?workspace=<id>` chooses the Workspace beforehand. */
export function CreateDeployment() {
  const [router, { organizationId }, attempt] = [useRouter(), useSelf(), useAttempt()];
  const [options, workspaces, clusters] = [useOptions(), useWorkspaces(), useClusters()];
  const { workspace } = useSearch({ strict: false }) as { workspace?: string };
  const create = async (draft: Draft) => {
    const body = createBody(draft, clusters.data ?? []);
    let made = '';
    const go = async () => {
      const params = { path: { organizationId } };
      made = (await told(api.POST('/organizations/{organizationId}/deployments', { params, body }))).id;
    };
    if (await attempt.run(go, `${body.name} is being created.`)) void router.navigate({ href: `/deployments/${made}` });
  };
  return (
    <Page
      title="Create a Deployment"
      description="An Apache Airflow of its own. Everything but its kind and place can be changed later."
      trail={[{ text: 'Deployments', href: '/deployments' }]}
    >
      {options.error && !options.data ? (
        <FailureNote
          title="The choices could not be read"
          thrown={options.error}
          onRetry={() => void options.refetch()}
        />
      ) : options.data && !workspaces.isPending ? (
        <DeploymentForm
          start={blank(options.data, workspace ?? (workspaces.data?.length === 1 ? workspaces.data[0]!.id : ''))}
          options={options.data}
          attempt={attempt}
          verb="Create"
          back="/deployments"
          onSubmit={draft => void create(draft)}
        />
      ) : (
        <Reading words="Reading the choices …" />
      )}
    </Page>
  );
}
