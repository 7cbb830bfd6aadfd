import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMemo, useState } from 'react';
import { told } from '~/api/ask';
import { api, refresh } from '~/api/client';
import { useDeployments } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { tellDone, tellFailure } from '~/parts/flashes';
import { Go } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';
import type { EnvironmentObject } from './kinds';
import { OverridesModal } from './OverridesModal';
import { type Reach, reaches, withLink, withoutLink } from './reached';

type Verb = 'link' | 'override' | 'unlink' | 'exclude' | 'include';

const LOOKS = {
  linked: ['success', 'Linked'],
  'by itself': ['success', 'Linked by itself'],
  'left out': ['stopped', 'Left out'],
  'not linked': ['pending', 'Not linked'],
} as const;

const VERBS: Record<Reach['how'], { id: Verb; text: string }[]> = {
  linked: [
    { id: 'override', text: 'Change what is different there' },
    { id: 'unlink', text: 'Take the link away' },
  ],
  'by itself': [
    { id: 'override', text: 'Say what is different there' },
    { id: 'exclude', text: 'Leave it out' },
  ],
  'left out': [{ id: 'include', text: 'Let it in again' }],
  'not linked': [
    { id: 'link', text: 'Link' },
    { id: 'override', text: 'Link, with something different' },
  ],
};

/** The Deployments of the object's Workspace, and how it reaches each. */
export function Links({ object }: { object: EnvironmentObject }) {
  const deployments = useDeployments();
  const rows = useMemo(() => deployments.data && reaches(object, deployments.data), [object, deployments.data]);
  const [doing, setDoing] = useState<{ verb: Verb; reach: Reach }>();
  const { organizationId } = useSelf();
  const path = { organizationId, environmentObjectId: object.id };
  const change = (body: object) =>
    told(
      api.POST('/organizations/{organizationId}/environment-objects/{environmentObjectId}', {
        params: { path },
        body,
      }),
    );
  const act = async (verb: Verb, { deployment }: Reach) => {
    if (verb === 'exclude')
      await told(
        api.POST('/organizations/{organizationId}/environment-objects/{environmentObjectId}/exclude-linking', {
          params: { path },
          body: { scope: 'DEPLOYMENT', scopeEntityId: deployment.id },
        }),
      );
    else await change(verb === 'link' ? withLink(object, deployment.id) : withoutLink(object, deployment.id));
  };
  const said = (verb: Verb, { deployment }: Reach) =>
    `${deployment.name} ${verb === 'link' || verb === 'include' ? 'has' : 'no longer has'} ${object.objectKey}.`;
  const start = (verb: Verb, reach: Reach) => {
    if (verb === 'link' || verb === 'include') {
      void act(verb, reach).then(
        () => {
          tellDone(said(verb, reach));
          void refresh();
        },
        thrown => tellFailure(`${reach.deployment.name} could not be linked`, thrown),
      );
    } else setDoing({ verb, reach });
  };
  return (
    <>
      <ResourceTable
        rows={{ ...deployments, data: rows }}
        noun="Deployment"
        title="Deployments of the Workspace"
        description={
          object.autoLinkDeployments
            ? 'Every Deployment has it, those to come too, except those that are left out.'
            : 'Those that are linked have it.'
        }
        id={each => each.deployment.id}
        text={each => each.deployment.name}
        empty={{ words: 'The Workspace has no Deployment yet.' }}
        columns={[
          {
            id: 'name',
            header: 'Deployment',
            isRowHeader: true,
            cell: each => <Go to={`/deployments/${each.deployment.id}/environment`}>{each.deployment.name}</Go>,
          },
          {
            id: 'how',
            header: 'Link',
            cell: each => <StatusIndicator type={LOOKS[each.how][0]}>{LOOKS[each.how][1]}</StatusIndicator>,
          },
          { id: 'different', header: 'Different there', cell: each => each.different.join(', ') || '–' },
          {
            id: 'actions',
            header: 'Actions',
            cell: each => (
              <ButtonDropdown
                variant="inline-icon"
                expandToViewport
                ariaLabel={`Link of ${each.deployment.name}`}
                items={VERBS[each.how]}
                onItemClick={event => start(event.detail.id as Verb, each)}
              />
            ),
          },
        ]}
      />
      {doing?.verb === 'override' && (
        <OverridesModal object={object} reach={doing.reach} change={change} onClose={() => setDoing(undefined)} />
      )}
      {(doing?.verb === 'unlink' || doing?.verb === 'exclude') && (
        <Confirm
          title={doing.verb === 'unlink' ? 'Take the link away' : 'Leave a Deployment out'}
          verb={doing.verb === 'unlink' ? 'Take it away' : 'Leave it out'}
          act={() => act(doing.verb, doing.reach)}
          done={said(doing.verb, doing.reach)}
          onClose={() => setDoing(undefined)}
        >
          {doing.reach.deployment.name} loses {object.objectKey}, and what was different there is forgotten. Tasks that
          ask for it will fail.
        </Confirm>
      )}
    </>
  );
}
