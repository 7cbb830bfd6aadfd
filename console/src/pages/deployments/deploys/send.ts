import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { packed, type Source } from './pack';
import { upload } from './upload';

export type Step = { is: 'packing' } | { is: 'sending'; done: number; of: number } | { is: 'finishing' };

interface Asked {
  deployment: Pick<Schemas['Deployment'], 'id' | 'organizationId'>;
  source: Source;
  description: string;
  onStep: (step: Step) => void;
  signal: AbortSignal;
}

/** A deploy from its files to the release that Airflow is to run. */
export async function send({ deployment, source, description, onStep, signal }: Asked): Promise<Schemas['Deploy']> {
  const path = { organizationId: deployment.organizationId, deploymentId: deployment.id };
  onStep({ is: 'packing' });
  const content = await packed(source);
  onStep({ is: 'sending', done: 0, of: content.length });
  const made = await told(
    api.POST('/organizations/{organizationId}/deployments/{deploymentId}/deploys', {
      params: { path },
      body: { type: 'DAG_ONLY', description: description.trim() },
      signal,
    }),
  );
  const onProgress = (done: number) => onStep({ is: 'sending', done, of: content.length });
  const dagTarballVersion = await upload({ url: made.dagsUploadUrl, content, onProgress, signal });
  onStep({ is: 'finishing' });
  return told(
    api.POST('/organizations/{organizationId}/deployments/{deploymentId}/deploys/{deployId}/finalize', {
      params: { path: { ...path, deployId: made.id } },
      body: { dagTarballVersion },
      signal,
    }),
  );
}
