import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { byWhom } from '~/parts/byWhom';
import { moment } from '~/parts/Time';
import type { TabProps } from '../tabs';

/** Everything that one has to look up now and then. */
export function Details({ deployment }: TabProps) {
  const { createdAt, createdBy, updatedAt, updatedBy } = deployment;
  return (
    <SpaceBetween size="l">
      <Group
        title="Identity"
        pairs={[
          ['Id', <Copied key="id" what="the id" text={deployment.id} />],
          ['Namespace', <Copied key="ns" what="the namespace" text={deployment.namespace} />],
          ['Workspace id', <Copied key="ws" what="the Workspace’s id" text={deployment.workspaceId} />],
          ['Cluster id', <Copied key="cl" what="the cluster’s id" text={deployment.clusterId} />],
          ['Created', `${moment(createdAt)} by ${byWhom(createdBy)}`],
          ['Changed', `${moment(updatedAt)} by ${byWhom(updatedBy)}`],
          ['Contact addresses', deployment.contactEmails.join(', ')],
        ]}
      />
      <Group
        title="Software"
        pairs={[
          ['Runtime', deployment.runtimeVersion],
          ['Airflow', deployment.airflowVersion],
          ['Image', deployment.imageRepository && `${deployment.imageRepository}:${deployment.imageTag}`],
          ['Version of the code', deployment.desiredDagTarballVersion],
          ['Running code', deployment.dagTarballVersion],
          ['Takes code without an image', deployment.isDagDeployEnabled ? 'yes' : 'no'],
          [
            'Scheduler',
            `${deployment.schedulerReplicas} × ${deployment.schedulerCpu} vCPU, ${deployment.schedulerMemory}B`,
          ],
          [
            'API server',
            `${deployment.webServerReplicas} × ${deployment.webServerCpu} vCPU, ${deployment.webServerMemory}B`,
          ],
        ]}
      />
      <Group
        title="Network and identity in the cloud"
        pairs={[
          ['Airflow', deployment.uiUrl && <Copied key="ui" what="the address" text={deployment.uiUrl} />],
          ['Airflow’s API', deployment.apiUrl && <Copied key="api" what="the address" text={deployment.apiUrl} />],
          ['Provider and region', `${deployment.cloudProvider}, ${deployment.region}`],
          ['External addresses', deployment.externalIPs.join(', ')],
          ['Workload identity', deployment.effectiveWorkloadIdentity],
          ['OIDC issuer', deployment.oidcIssuerUrl],
        ]}
      />
    </SpaceBetween>
  );
}

type Pair = [label: string, value: React.ReactNode];

function Group({ title, pairs }: { title: string; pairs: Pair[] }) {
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <KeyValuePairs
        columns={3}
        items={pairs.map(([label, value]) => ({ label, value: <span className="long">{value || '–'}</span> }))}
      />
    </Container>
  );
}

function Copied({ what, text }: { what: string; text: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="Could not be copied"
    />
  );
}
