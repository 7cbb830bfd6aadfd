import AppLayout from '@cloudscape-design/components/app-layout';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { Flashes } from '~/parts/flashes';
import { Navigation } from './Navigation';
import { Top } from './Top';

const WIDE = matchMedia('(min-width: 912px)');

/** What is around every page: who one is, where one can go, and what was just done. */
export function Shell() {
  const [isOpen, setOpen] = useState(WIDE.matches);
  return (
    <>
      <Top />
      <AppLayout
        headerSelector="#orrery-top"
        navigation={<Navigation onFollow={() => setOpen(WIDE.matches)} />}
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
