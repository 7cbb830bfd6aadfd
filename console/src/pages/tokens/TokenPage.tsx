import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useDeployments } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { Facts } from '~/parts/Facts';
import { type Kind } from '~/parts/grants/grants';
import { Grants } from '~/parts/grants/Grants';
import { usePlaces } from '~/parts/grants/places';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { PageState } from '~/parts/PageState';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import { EditToken } from './EditToken';
import { Ending, homeRole, SCOPES, type Token } from './token';
import { TokenSecret } from './TokenSecret';

const TRAIL = [{ text: 'API tokens', href: '/tokens' }];
const INSIDE: Record<Token['scope'], Kind[]> = {
  ORGANIZATION: ['ORGANIZATION', 'WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG'],
  WORKSPACE: ['WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG'],
  DEPLOYMENT: ['DEPLOYMENT', 'DAG', 'DAG_TAG'],
};

export function TokenPage() {
  const { tokenId } = useParams({ strict: false }) as { tokenId: string };
  const { organizationId } = useSelf();
  const [navigate, placeOf, deployments] = [useNavigate(), usePlaces(), useDeployments()];
  const [asking, setAsking] = useState<'edit' | 'rotate' | 'delete'>();
  const [rotated, setRotated] = useState<Token>();
  const path = { organizationId, tokenId };
  const query = useQuery({
    queryKey: ['token', organizationId, tokenId],
    queryFn: () => told(api.GET('/organizations/{organizationId}/tokens/{tokenId}', { params: { path } })),
  });
  if (!query.data) return <PageState query={query} noun="token" trail={TRAIL} />;
  const token = query.data;
  const home = homeRole(token);
  const place = home && placeOf(home);
  return (
    <Page
      title={token.name}
      description={token.description}
      trail={TRAIL}
      actions={
        <>
          <Button onClick={() => setAsking('edit')}>Edit</Button>
          <Button onClick={() => setAsking('rotate')}>Rotate</Button>
          <Button onClick={() => setAsking('delete')}>Delete</Button>
        </>
      }
    >
      <Facts
        facts={[
          { label: 'Scope', value: SCOPES[token.scope] },
          { label: 'At home in', value: place?.href ? <Go to={place.href}>{place.name}</Go> : place?.name },
          { label: 'Secret ends with', value: token.shortToken },
          { label: 'Ends', value: <Ending of={token} /> },
          { label: 'Last used', value: token.lastUsedAt ? <Time at={token.lastUsedAt} /> : 'Never' },
          { label: 'Last rotated', value: token.lastRotatedAt ? <Time at={token.lastRotatedAt} /> : 'Never' },
          { label: 'Made by', value: byWhom(token.createdBy) },
          { label: 'Made', value: <Time at={token.createdAt} /> },
        ]}
      />
      <Grants
        grants={token.roles}
        kinds={INSIDE[token.scope]}
        home={token.scope}
        workspaceId={token.scope === 'WORKSPACE' ? home?.entityId : undefined}
        deploymentId={
          token.scope === 'DEPLOYMENT' && deployments.data?.some(each => each.id === home?.entityId)
            ? home?.entityId
            : undefined
        }
        description={`It always keeps one role on its ${SCOPES[token.scope]}, and can be added to what lies in it.`}
        save={roles =>
          told(
            api.POST('/organizations/{organizationId}/tokens/{tokenId}/roles', { params: { path }, body: { roles } }),
          )
        }
      />
      {asking === 'edit' && <EditToken token={token} onClose={() => setAsking(undefined)} />}
      {asking === 'rotate' && (
        <Confirm
          title={`Rotate ${token.name}?`}
          verb="Rotate"
          act={async () => {
            setRotated(
              await told(api.POST('/organizations/{organizationId}/tokens/{tokenId}/rotate', { params: { path } })),
            );
          }}
          onClose={() => setAsking(undefined)}
        >
          The old secret stops working at once. What uses it needs the new one, which is shown once.
        </Confirm>
      )}
      {rotated && <TokenSecret token={rotated} onClose={() => setRotated(undefined)} />}
      {asking === 'delete' && (
        <Confirm
          title={`Delete ${token.name}?`}
          verb="Delete"
          typed={token.name}
          act={() => told(api.DELETE('/organizations/{organizationId}/tokens/{tokenId}', { params: { path } }))}
          done={`The token ${token.name} is deleted.`}
          then={() => navigate({ to: '/tokens' as never })}
          onClose={() => setAsking(undefined)}
        >
          What uses it is refused from the next request on.
        </Confirm>
      )}
    </Page>
  );
}
