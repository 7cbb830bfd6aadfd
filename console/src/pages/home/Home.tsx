import { useDeployments } from '~/api/lists';
import { Page } from '~/parts/Page';

export function Home() {
  const deployments = useDeployments();
  return <Page title="Home">{deployments.data?.length ?? '…'}</Page>;
}
