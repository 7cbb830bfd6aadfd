import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { FormModal } from '~/parts/FormModal';
import { RoleSelect } from '~/parts/RoleSelect';
import { useAttempt } from '~/parts/useAttempt';
import { InviteLink } from './InviteLink';
import { type WorkspaceRole, WorkspaceRoleRow } from './WorkspaceRoleRow';

type Role = Schemas['CreateUserInviteRequest']['role'];

/** The API judges; this only spares a round trip for what is no address at all. */
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** Invites somebody with their first roles, and then shows a link for where no mail is sent. */
export function InviteModal({ onClose }: { onClose: () => void }) {
  const { organizationId } = useSelf();
  const attempt = useAttempt();
  const [isJudged, setJudged] = useState(false);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('ORGANIZATION_MEMBER');
  const [rows, setRows] = useState<Partial<WorkspaceRole>[]>([]);
  const [invite, setInvite] = useState<Schemas['Invite']>();
  const [link, setLink] = useState<Schemas['InviteLink']>();
  const workspaceRoles = rows.filter((each): each is WorkspaceRole => Boolean(each.workspaceId && each.role));
  const isBad = isJudged && email.trim() !== '' && !ADDRESS.test(email.trim());
  const send = async () => {
    // a second try after a failure half way goes on with the invitation that is there
    const made =
      invite ??
      (await told(
        api.POST('/organizations/{organizationId}/invites', {
          params: { path: { organizationId } },
          body: { inviteeEmail: email.trim(), role },
        }),
      ));
    setInvite(made);
    if (workspaceRoles.length > 0) {
      const path = { organizationId, userId: made.userId };
      const body = { organizationRole: role, workspaceRoles };
      await told(api.POST('/organizations/{organizationId}/users/{userId}/roles', { params: { path }, body }));
    }
    const path = { organizationId, inviteId: made.inviteId };
    setLink(await told(api.POST('/organizations/{organizationId}/invites/{inviteId}/link', { params: { path } })));
  };
  if (link) return <InviteLink email={email.trim()} link={link} onClose={onClose} />;
  return (
    <FormModal
      title="Invite somebody"
      verb="Invite"
      attempt={attempt}
      disabled={!ADDRESS.test(email.trim()) || workspaceRoles.length < rows.length}
      onSubmit={() => void attempt.run(send, `${email.trim()} is invited.`)}
      onClose={onClose}
    >
      <FormField
        label="E-mail address"
        errorText={isBad ? 'That is no e-mail address.' : attempt.failure?.field('inviteeEmail')}
      >
        <Input
          type="email"
          inputMode="email"
          value={email}
          onChange={event => setEmail(event.detail.value)}
          onBlur={() => setJudged(true)}
          autoFocus
          disabled={invite !== undefined}
        />
      </FormField>
      <FormField label="Organization role" errorText={attempt.failure?.field('role')}>
        <RoleSelect scope="ORGANIZATION" value={role} onChange={next => setRole(next as Role)} />
      </FormField>
      <FormField
        label="Workspace roles"
        description="What they may do from the first day on; you can change it at any time."
        stretch
      >
        <SpaceBetween size="s">
          {rows.map((row, at) => (
            <WorkspaceRoleRow
              key={at}
              row={row}
              taken={rows.flatMap(each => (each !== row && each.workspaceId ? [each.workspaceId] : []))}
              onChange={next => setRows(rows.map((each, place) => (place === at ? next : each)))}
              onRemove={() => setRows(rows.filter((_, place) => place !== at))}
            />
          ))}
          <Button iconName="add-plus" formAction="none" onClick={() => setRows([...rows, {}])}>
            Add a Workspace
          </Button>
        </SpaceBetween>
      </FormField>
    </FormModal>
  );
}
