/** Where the pages of a Deployment's DAGs are. */
export const dagsAt = (deploymentId: string) => `/deployments/${deploymentId}/dags`;

export const dagAt = (deploymentId: string, dagId: string) => `${dagsAt(deploymentId)}/${encodeURIComponent(dagId)}`;

export const runAt = (deploymentId: string, dagId: string, runId: string) =>
  `${dagAt(deploymentId, dagId)}/runs/${encodeURIComponent(runId)}`;
