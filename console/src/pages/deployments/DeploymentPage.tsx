import Tabs from '@cloudscape-design/components/tabs';
import { useParams, useRouter } from '@tanstack/react-router';
import { Suspense } from 'react';
import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import { DeploymentActions } from './actions/DeploymentActions';
import { Status } from './Status';
import { TABS, type TabProps } from './tabs';
import { useDeployment } from './useDeployment';

const TRAIL = [{ text: 'Deployments', href: '/deployments' }];

/** One Deployment: its name, how it stands and what one can do with it, above the tab that the address names. */
export function DeploymentPage() {
  const { deploymentId = '' } = useParams({ strict: false });
  const deployment = useDeployment(deploymentId);
  if (!deployment.data) {
    return (
      <Page title="Deployment" trail={TRAIL}>
        {deployment.error ? (
          <FailureNote
            title="The Deployment could not be read"
            thrown={deployment.error}
            onRetry={() => void deployment.refetch()}
          />
        ) : (
          <Reading words="Reading the Deployment …" />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={deployment.data.name}
      trail={TRAIL}
      info={<Status of={deployment.data} />}
      description={deployment.data.description || undefined}
      actions={<DeploymentActions deployment={deployment.data} />}
    >
      <DeploymentTabs deployment={deployment.data} />
    </Page>
  );
}

function DeploymentTabs({ deployment }: Pick<TabProps, 'deployment'>) {
  const router = useRouter();
  const { _splat = '' } = useParams({ strict: false });
  const [id, ...rest] = _splat.split('/');
  const base = `/deployments/${deployment.id}`;
  const active = TABS.find(each => each.id === id) ?? TABS[0]!;
  return (
    <Tabs
      activeTabId={active.id || 'overview'}
      onChange={event => void router.navigate({ href: event.detail.activeTabHref ?? base })}
      tabs={TABS.map(each => ({
        id: each.id || 'overview',
        label: each.title,
        href: each.id ? `${base}/${each.id}` : base,
        content: each === active && (
          <Suspense fallback={<Reading words="One moment …" />}>
            <each.Content deployment={deployment} rest={rest.join('/')} />
          </Suspense>
        ),
      }))}
    />
  );
}
