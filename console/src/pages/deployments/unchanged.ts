import type { Schemas } from '~/api/client';

type Deployment = Schemas['Deployment'];
type Variable = Schemas['DeploymentEnvironmentVariableRequest'];

/** The least body of an update, which changes nothing; secrets go without their value and keep it. */
export function unchanged(deployment: Deployment) {
  const { name, workspaceId, executor, schedulerSize, isCicdEnforced, isDagDeployEnabled, isHighAvailability } =
    deployment;
  return {
    type: deployment.type as 'STANDARD',
    name,
    workspaceId,
    executor,
    schedulerSize,
    isCicdEnforced,
    isDagDeployEnabled,
    isHighAvailability,
    environmentVariables: deployment.environmentVariables.map((each): Variable => ({
      key: each.key,
      isSecret: each.isSecret,
      ...(!each.isSecret && { value: each.value }),
    })),
  };
}
