import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useNavigate, useSearch } from '@tanstack/react-router';

interface Props {
  tabs: TabsProps.Tab[];
  /** What the tabs are of, for screen readers. */
  ariaLabel: string;
}

/** The tabs of a page; the one that is open is in the address as `?tab=`. */
export function PageTabs({ tabs, ariaLabel }: Props) {
  const search = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const open = tabs.find(each => each.id === search.tab) ?? tabs[0]!;
  return (
    <Tabs
      tabs={tabs}
      ariaLabel={ariaLabel}
      activeTabId={open.id}
      onChange={event => {
        const tab = event.detail.activeTabId === tabs[0]!.id ? undefined : event.detail.activeTabId;
        void navigate({ to: '.', search: { tab } as never, replace: true });
      }}
    />
  );
}
