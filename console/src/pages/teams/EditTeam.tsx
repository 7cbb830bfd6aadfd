import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { useSelf } from '~/app/self';
import { EditWords } from '~/parts/EditWords';

export function EditTeam({ team, onClose }: { team: Schemas['Team']; onClose: () => void }) {
  const { organizationId } = useSelf();
  const params = { path: { organizationId, teamId: team.id } };
  return (
    <EditWords
      before={team}
      save={body => told(api.POST('/organizations/{organizationId}/teams/{teamId}', { params, body }))}
      done="The team is changed."
      onClose={onClose}
    />
  );
}
