import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { CreateObject } from '~/pages/environment/CreateObject';
import { glance, type Kind, WORDS } from '~/pages/environment/kinds';
import { capital } from '~/parts/capital';
import { ObjectModal } from '~/pages/environment/ObjectModal';
import { useObjects } from '~/pages/environment/objects';
import { Go } from '~/parts/Go';
import { ResourceTable } from '~/parts/ResourceTable';

/** The environment objects that the Deployment has, as it has them: its own, and those of its Workspace that reach it. */
export function Linked({ deployment }: { deployment: Schemas['Deployment'] }) {
  const objects = useObjects({ deploymentId: deployment.id });
  const [made, setMade] = useState<Kind>();
  const create = <CreateObject onCreate={setMade} />;
  return (
    <>
      <ResourceTable
        rows={objects}
        noun="object"
        title="Environment objects"
        description={
          <>
            Connections, variables and metrics exports as this Deployment has them. Those of its Workspace are linked in
            the <Go to="/environment">environment manager</Go>.
          </>
        }
        id={each => each.id}
        text={each => [each.objectKey, glance(each), WORDS[each.objectType].noun].join(' ')}
        sortedBy="key"
        actions={create}
        empty={{ words: 'No object reaches this Deployment.', action: create }}
        columns={[
          {
            id: 'key',
            header: 'Key',
            sortingField: 'objectKey',
            isRowHeader: true,
            cell: each => <Go to={`/environment/${each.id}`}>{each.objectKey}</Go>,
          },
          {
            id: 'type',
            header: 'Type',
            sortingField: 'objectType',
            cell: each => capital(WORDS[each.objectType].noun),
          },
          {
            id: 'value',
            header: 'What it holds here',
            cell: each => <span className="one-line">{glance(each) || '–'}</span>,
          },
          {
            id: 'from',
            header: 'From',
            sortingField: 'sourceScope',
            cell: each =>
              each.sourceScope === 'WORKSPACE' ? `Workspace ${deployment.workspaceName}` : 'This Deployment',
          },
        ]}
      />
      {made && (
        <ObjectModal
          kind={made}
          place={{ scope: 'DEPLOYMENT', id: deployment.id }}
          onClose={() => setMade(undefined)}
        />
      )}
    </>
  );
}
