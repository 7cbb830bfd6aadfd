import SpaceBetween from '@cloudscape-design/components/space-between';
import { byWhom } from '~/parts/byWhom';
import { Facts } from '~/parts/Facts';
import { moment } from '~/parts/Time';
import type { TabProps } from '../tabs';

/** Everything that one has to look up now and then. */
export function Details({ deployment }: TabProps) {
  const { createdAt, createdBy, updatedAt, updatedBy } = deployment;
  const copied = (label: string, value: string) => ({ label, value: value || null, isCopied: true });
  const told = (label: string, value: string) => ({
    label,
    value: value ? <span className="long">{value}</span> : null,
  });
  return (
    <SpaceBetween size="l">
      <Facts
        title="Identity"
        facts={[
          copied('Id', deployment.id),
          copied('Namespace', deployment.namespace),
          copied('Workspace id', deployment.workspaceId),
          copied('Cluster id', deployment.clusterId),
          told('Created', `${moment(createdAt)} by ${byWhom(createdBy)}`),
          told('Changed', `${moment(updatedAt)} by ${byWhom(updatedBy)}`),
          told('Contact addresses', deployment.contactEmails.join(', ')),
        ]}
      />
      <Facts
        title="Software"
        facts={[
          told('Runtime', deployment.runtimeVersion),
          told('Airflow', deployment.airflowVersion),
          told('Image', deployment.imageRepository && `${deployment.imageRepository}:${deployment.imageTag}`),
          told('Code without an image', deployment.isDagDeployEnabled ? 'may be deployed' : 'is refused'),
          told('Version of the code', deployment.desiredDagTarballVersion),
          told('Code that runs', deployment.dagTarballVersion),
          told(
            'Scheduler',
            `${deployment.schedulerReplicas} × ${deployment.schedulerCpu} vCPU, ${deployment.schedulerMemory}B`,
          ),
          told(
            'API server',
            `${deployment.webServerReplicas} × ${deployment.webServerCpu} vCPU, ${deployment.webServerMemory}B`,
          ),
        ]}
      />
      <Facts
        title="Network and identity in the cloud"
        facts={[
          copied('Airflow', deployment.uiUrl),
          copied('Airflow’s API', deployment.apiUrl),
          told('Provider and region', `${deployment.cloudProvider}, ${deployment.region}`),
          told('External addresses', deployment.externalIPs.join(', ')),
          told('Workload identity', deployment.effectiveWorkloadIdentity),
          told('OIDC issuer', deployment.oidcIssuerUrl),
        ]}
      />
    </SpaceBetween>
  );
}
