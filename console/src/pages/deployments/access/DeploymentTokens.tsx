import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { useTokens } from '~/api/lists';
import { CreateToken } from '~/pages/tokens/CreateToken';
import { TokenTable } from '~/pages/tokens/TokenTable';

/** The API tokens that are at home in this Deployment: for a pipeline that deploys here and does nothing else. */
export function DeploymentTokens({ deployment }: { deployment: Schemas['Deployment'] }) {
  const tokens = useTokens();
  const [isMaking, setMaking] = useState(false);
  const isAtHome = (each: Schemas['ApiToken']) =>
    each.scope === 'DEPLOYMENT' &&
    each.roles.some(role => role.entityType === 'DEPLOYMENT' && role.entityId === deployment.id);
  return (
    <>
      <TokenTable
        rows={{ ...tokens, data: tokens.data?.filter(isAtHome) }}
        title="API tokens of this Deployment"
        empty={{ words: 'It has no token of its own. A pipeline that deploys needs one.' }}
        actions={<Button onClick={() => setMaking(true)}>Create token</Button>}
      />
      {isMaking && (
        <CreateToken home={{ scope: 'DEPLOYMENT', entityId: deployment.id }} onClose={() => setMaking(false)} />
      )}
    </>
  );
}
