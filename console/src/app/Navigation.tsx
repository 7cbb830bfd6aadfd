import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useRouter, useRouterState } from '@tanstack/react-router';

const link = (text: string, href: string): SideNavigationProps.Link => ({ type: 'link', text, href });

const ITEMS: SideNavigationProps.Item[] = [
  link('Home', '/'),
  link('Deployments', '/deployments'),
  link('Workspaces', '/workspaces'),
  link('Environment', '/environment'),
  link('Clusters', '/clusters'),
  { type: 'divider' },
  {
    type: 'section-group',
    title: 'Access',
    items: [link('People', '/people'), link('Teams', '/teams'), link('Roles', '/roles'), link('API tokens', '/tokens')],
  },
  {
    type: 'section-group',
    title: 'Organization',
    items: [link('Audit log', '/audit-log'), link('Settings', '/settings')],
  },
];

const PLACES = [
  '/deployments',
  '/workspaces',
  '/environment',
  '/clusters',
  '/people',
  '/teams',
  '/roles',
  '/tokens',
  '/audit-log',
  '/settings',
];

export function Navigation({ onFollow }: { onFollow: () => void }) {
  const router = useRouter();
  const path = useRouterState({ select: state => state.location.pathname });
  return (
    <SideNavigation
      items={ITEMS}
      activeHref={PLACES.find(each => path === each || path.startsWith(`${each}/`)) ?? '/'}
      onFollow={event => {
        event.preventDefault();
        void router.navigate({ href: event.detail.href });
        onFollow();
      }}
    />
  );
}
