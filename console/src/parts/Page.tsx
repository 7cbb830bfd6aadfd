import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';

export interface Crumb {
  text: string;
  href: string;
}

interface Props {
  title: string;
  /** One sentence that says what the page is for. */
  description?: ReactNode;
  /** Buttons, put side by side. */
  actions?: ReactNode;
  info?: ReactNode;
  counter?: string;
  /** The way here from the home page, without this page itself. */
  trail?: Crumb[];
  children: ReactNode;
}

/** A page: its title (in the tab too), what one can do here, and the content. */
export function Page({ title, description, actions, info, counter, trail = [], children }: Props) {
  const router = useRouter();
  useEffect(() => {
    document.title = `${title} · Orrery`;
  }, [title]);
  return (
    <Box padding={{ bottom: 'xxl' }}>
      <ContentLayout
        breadcrumbs={
          trail.length > 0 && (
            <BreadcrumbGroup
              items={[...trail, { text: title, href: router.state.location.pathname }]}
              onFollow={event => {
                event.preventDefault();
                void router.navigate({ href: event.detail.href });
              }}
            />
          )
        }
        header={
          <Header
            variant="h1"
            description={description}
            actions={
              actions && (
                <SpaceBetween direction="horizontal" size="xs">
                  {actions}
                </SpaceBetween>
              )
            }
            info={info}
            counter={counter}
          >
            {title}
          </Header>
        }
      >
        <SpaceBetween size="l">{children}</SpaceBetween>
      </ContentLayout>
    </Box>
  );
}
