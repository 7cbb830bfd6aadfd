import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { tellFailure } from '~/parts/flashes';
import { Go } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { InviteLink } from './InviteLink';
import { useInvites } from './useInvites';

type Invite = Schemas['Invite'];

/** The invitations that wait for an answer; nothing while there are none. */
export function Invitations() {
  const { organizationId } = useSelf();
  const invites = useInvites();
  const [leaving, setLeaving] = useState<Invite>();
  const [shown, setShown] = useState<{ invite: Invite; link: Schemas['InviteLink'] }>();
  const [busy, setBusy] = useState('');
  const path = (invite: Invite) => ({ organizationId, inviteId: invite.inviteId });
  const show = async (invite: Invite) => {
    setBusy(invite.inviteId);
    try {
      const asked = api.POST('/organizations/{organizationId}/invites/{inviteId}/link', {
        params: { path: path(invite) },
      });
      setShown({ invite, link: await told(asked) });
    } catch (thrown) {
      tellFailure('The link could not be made', thrown);
    } finally {
      setBusy('');
    }
  };
  if (!invites.error && !invites.data?.length) return null;
  return (
    <>
      <ResourceTable
        rows={invites}
        noun="invitation"
        title="Open invitations"
        id={each => each.inviteId}
        text={each => [each.invitee.username, each.inviter.fullName].join(' ')}
        filtersFrom={8}
        empty={{ words: 'Nobody is invited.' }}
        pageSize={5}
        columns={[
          {
            id: 'who',
            header: 'Invited',
            isRowHeader: true,
            cell: each => <Go to={`/people/${each.userId}`}>{each.invitee.username}</Go>,
          },
          {
            id: 'by',
            header: 'By',
            cell: each => each.inviter.fullName || each.inviter.username || each.inviter.apiTokenName,
          },
          { id: 'ends', header: 'Ends', sortingField: 'expiresAt', cell: each => <Time at={each.expiresAt} /> },
          {
            id: 'actions',
            header: 'Actions',
            width: 240,
            cell: each => (
              <SpaceBetween direction="horizontal" size="s">
                <Button
                  variant="inline-link"
                  loading={busy === each.inviteId}
                  ariaLabel={`Get a link for ${each.invitee.username}`}
                  onClick={() => void show(each)}
                >
                  Get a link
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={`Revoke the invitation of ${each.invitee.username}`}
                  onClick={() => setLeaving(each)}
                >
                  Revoke
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {shown && (
        <InviteLink email={shown.invite.invitee.username ?? ''} link={shown.link} onClose={() => setShown(undefined)} />
      )}
      {leaving && (
        <Confirm
          title="Revoke the invitation?"
          verb="Revoke"
          act={async () => {
            const params = { path: path(leaving) };
            await told(api.DELETE('/organizations/{organizationId}/invites/{inviteId}', { params }));
          }}
          done="The invitation is revoked."
          onClose={() => setLeaving(undefined)}
        >
          {`No mail and no link lets ${leaving.invitee.username} in any more. You can invite them again.`}
        </Confirm>
      )}
    </>
  );
}
