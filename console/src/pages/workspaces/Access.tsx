import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useTeams, useTokens, useUsers } from '~/api/lists';
import { useSelf } from '~/app/self';
import { CreateToken } from '~/pages/tokens/CreateToken';
import { TokenTable } from '~/pages/tokens/TokenTable';
import { bodyOf, grantsOf } from '~/parts/grants/grants';
import { HolderTable } from './HolderTable';

type Workspace = Schemas['Workspace'];

/** The people who have a role on the Workspace. Owners of the Organization may use it beside them. */
export function People({ workspace }: { workspace: Workspace }) {
  const { organizationId } = useSelf();
  const users = useUsers();
  return (
    <HolderTable
      noun="person"
      plural="people"
      title="People"
      workspace={workspace}
      holders={users}
      describe={each => ({ name: each.fullName || each.username, beneath: each.username, href: `/people/${each.id}` })}
      save={(each, grants) =>
        told(
          api.POST('/organizations/{organizationId}/users/{userId}/roles', {
            params: { path: { organizationId, userId: each.id } },
            body: bodyOf(grants(grantsOf(each, organizationId))),
          }),
        )
      }
    />
  );
}

/** The teams that have a role on the Workspace. */
export function Teams({ workspace }: { workspace: Workspace }) {
  const { organizationId } = useSelf();
  const teams = useTeams();
  return (
    <HolderTable
      noun="team"
      plural="teams"
      title="Teams"
      workspace={workspace}
      holders={teams}
      describe={each => ({ name: each.name, beneath: each.description, href: `/teams/${each.id}` })}
      save={(each, grants) => {
        const body = bodyOf(grants(grantsOf(each, organizationId)));
        return told(
          api.POST('/organizations/{organizationId}/teams/{teamId}/roles', {
            params: { path: { organizationId, teamId: each.id } },
            body: { ...body, organizationRole: body.organizationRole ?? each.organizationRole },
          }),
        );
      }}
    />
  );
}

/** The API tokens that reach into the Workspace. */
export function Tokens({ workspace }: { workspace: Workspace }) {
  const tokens = useTokens();
  const [isMaking, setMaking] = useState(false);
  const reaches = (each: Schemas['ApiToken']) =>
    each.roles.some(role => role.entityType === 'WORKSPACE' && role.entityId === workspace.id);
  return (
    <>
      <TokenTable
        rows={{ ...tokens, data: tokens.data?.filter(reaches) }}
        title="API tokens"
        empty={{ words: 'No token has a role on this Workspace.' }}
        actions={<Button onClick={() => setMaking(true)}>Create token</Button>}
      />
      {isMaking && (
        <CreateToken home={{ scope: 'WORKSPACE', entityId: workspace.id }} onClose={() => setMaking(false)} />
      )}
    </>
  );
}
