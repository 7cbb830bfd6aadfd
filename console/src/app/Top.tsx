import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useRouter } from '@tanstack/react-router';
import { signedIn } from '~/api/client';
import { switchMode, useMode } from './mode';
import { useSelf } from './self';

export function Top() {
  const [self, mode, router] = [useSelf(), useMode(), useRouter()];
  const act = (id: string) => {
    if (id === 'mode') switchMode();
    if (id === 'sign-out') void signedIn().signOut();
    if (id === 'everywhere') void signedIn().signOut(true);
    if (id === 'other') void signedIn().begin('/', true);
  };
  return (
    <div id="orrery-top">
      <TopNavigation
        identity={{
          href: '/',
          title: 'Orrery',
          logo: { src: '/mark.svg', alt: 'Its mark' },
          onFollow: event => {
            event.preventDefault();
            void router.navigate({ href: '/' });
          },
        }}
        utilities={[
          {
            type: 'menu-dropdown',
            text: self.fullName || self.username,
            description: self.username,
            iconName: 'user-profile',
            onItemClick: event => act(event.detail.id),
            items: [
              { id: 'mode', text: mode === 'dark' ? 'Light mode' : 'Dark mode' },
              { id: 'other', text: 'Sign in to another Organization' },
              { id: 'sign-out', text: 'Sign out' },
              { id: 'everywhere', text: 'Sign out everywhere' },
            ],
          },
        ]}
      />
    </div>
  );
}
