import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useSelf } from '~/app/self';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { General } from './General';
import { IpRanges } from './IpRanges';
import { SignIn } from './SignIn';

export function Settings() {
  const { organizationId } = useSelf();
  const query = useQuery({
    queryKey: ['organization', organizationId],
    queryFn: () => told(api.GET('/organizations/{organizationId}', { params: { path: { organizationId } } })),
  });
  if (!query.data) return <PageState query={query} noun="Organization" />;
  return (
    <Page title="Settings" description="What holds for the whole Organization.">
      <General organization={query.data} key={query.data.updatedAt} />
      <IpRanges />
      <SignIn organization={query.data} />
    </Page>
  );
}
