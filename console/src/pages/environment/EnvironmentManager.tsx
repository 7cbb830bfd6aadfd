import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { useAddress } from '~/parts/useAddress';
import { columns } from './columns';
import { CreateObject } from './CreateObject';
import { glance, KINDS, type Kind, WORDS } from './kinds';
import { ObjectModal } from './ObjectModal';
import { useObjects } from './objects';

const ALL_KINDS = { value: '', label: 'All types' };
const KIND_OPTIONS = [ALL_KINDS, ...KINDS.map(value => ({ value, label: WORDS[value].plural }))];
const EVERYWHERE = { value: '', label: 'Every place' };

/** Connections, variables and metrics exports, kept once for many Deployments. */
export function EnvironmentManager() {
  const [{ type = '', place = '' }, setWords] = useAddress();
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const objects = useObjects();
  const [made, setMade] = useState<Kind>();
  const names = useMemo(
    () => new Map([...(workspaces.data ?? []), ...(deployments.data ?? [])].map(each => [each.id, each.name])),
    [workspaces.data, deployments.data],
  );
  const rows = useMemo(
    () => objects.data?.filter(each => (!type || each.objectType === type) && (!place || each.scopeEntityId === place)),
    [objects.data, type, place],
  );
  const places = [
    EVERYWHERE,
    { label: 'Workspaces', options: (workspaces.data ?? []).map(each => ({ value: each.id, label: each.name })) },
    { label: 'Deployments', options: (deployments.data ?? []).map(each => ({ value: each.id, label: each.name })) },
  ];
  return (
    <Page
      title="Environment"
      description="Connections, variables and metrics exports: kept once, and brought to every Deployment that they reach."
    >
      <ResourceTable
        rows={{ ...objects, data: rows }}
        noun="object"
        title="Environment objects"
        id={each => each.id}
        text={each => [each.objectKey, glance(each), each.description, names.get(each.scopeEntityId)].join(' ')}
        sortedBy="key"
        actions={<CreateObject onCreate={setMade} />}
        filters={
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel="Type"
              options={KIND_OPTIONS}
              selectedOption={KIND_OPTIONS.find(each => each.value === type) ?? ALL_KINDS}
              onChange={event => setWords({ type: event.detail.selectedOption.value ?? '' })}
            />
            <Select
              ariaLabel="Place"
              options={places}
              selectedOption={place ? { value: place, label: names.get(place) ?? place } : EVERYWHERE}
              onChange={event => setWords({ place: event.detail.selectedOption.value ?? '' })}
            />
          </SpaceBetween>
        }
        empty={{
          words:
            type || place
              ? 'There is nothing of this type in this place.'
              : 'Nothing is kept here yet. A connection that is made here is one that every Deployment can have.',
          action: <CreateObject onCreate={setMade} />,
        }}
        columns={columns(names)}
      />
      {made && <ObjectModal kind={made} onClose={() => setMade(undefined)} />}
    </Page>
  );
}
