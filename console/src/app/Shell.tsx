import AppLayout from '@cloudscape-design/components/app-layout';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { Flashes } from '~/parts/flashes';
import { useWide } from '~/parts/useWide';
import { Navigation } from './Navigation';
import { Top } from './Top';

/** What is around every page: who one is, where one can go, and what was just done. */
export function Shell() {
  const isWide = useWide();
  const [isOpen, setOpen] = useState(isWide);
  return (
    <>
      <Top />
      <AppLayout
        headerSelector="#orrery-top"
        navigation={<Navigation onFollow={() => setOpen(isWide)} />}
        navigationOpen={isOpen}
        navigationWidth={240}
        onNavigationChange={event => setOpen(event.detail.open)}
        toolsHide
        notifications={<Flashes />}
        stickyNotifications
        content={<Outlet />}
      />
    </>
  );
}
