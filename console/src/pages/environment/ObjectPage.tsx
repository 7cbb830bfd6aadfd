import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useDeployments, useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';
import { Confirm } from '~/parts/Confirm';
import { FailureNote } from '~/parts/FailureNote';
import { Page } from '~/parts/Page';
import { Reading } from '~/parts/Reading';
import { capital } from '~/parts/capital';
import { facts } from './facts';
import { type EnvironmentObject, WORDS } from './kinds';
import { Links } from './Links';
import { ObjectModal } from './ObjectModal';
import { useObject } from './objects';

const TRAIL = [{ text: 'Environment', href: '/environment' }];

export function ObjectPage() {
  const { objectId = '' } = useParams({ strict: false });
  const object = useObject(objectId);
  if (object.data) return <Found object={object.data} />;
  return (
    <Page title="Environment object" trail={TRAIL}>
      {object.error ? (
        <FailureNote title="It could not be read" thrown={object.error} onRetry={() => void object.refetch()} />
      ) : (
        <Reading words="Reading it …" />
      )}
    </Page>
  );
}

function Found({ object }: { object: EnvironmentObject }) {
  const [doing, setDoing] = useState<'edit' | 'delete'>();
  const [self, router] = [useSelf(), useRouter()];
  const [workspaces, deployments] = [useWorkspaces(), useDeployments()];
  const place = [...(workspaces.data ?? []), ...(deployments.data ?? [])].find(
    each => each.id === object.scopeEntityId,
  );
  const { noun } = WORDS[object.objectType];
  const remove = async () => {
    const path = { organizationId: self.organizationId, environmentObjectId: object.id };
    await told(
      api.DELETE('/organizations/{organizationId}/environment-objects/{environmentObjectId}', { params: { path } }),
    );
  };
  return (
    <Page
      title={object.objectKey}
      description={object.description || undefined}
      trail={TRAIL}
      actions={
        <>
          <Button onClick={() => setDoing('edit')}>Edit</Button>
          <Button onClick={() => setDoing('delete')}>Delete</Button>
        </>
      }
    >
      <Container header={<Header variant="h2">{capital(noun)}</Header>}>
        <KeyValuePairs columns={4} items={facts(object, place?.name)} />
      </Container>
      {object.scope === 'WORKSPACE' && <Links object={object} />}
      {doing === 'edit' && <ObjectModal kind={object.objectType} object={object} onClose={() => setDoing(undefined)} />}
      {doing === 'delete' && (
        <Confirm
          title={`Delete ${object.objectKey}`}
          verb="Delete"
          typed={object.objectKey}
          act={remove}
          done={`The ${noun} ${object.objectKey} is deleted.`}
          then={() => router.navigate({ href: '/environment' })}
          onClose={() => setDoing(undefined)}
        >
          Every Deployment that it reaches loses this {noun} at once; tasks that ask for it will fail. It cannot be
          brought back.
        </Confirm>
      )}
    </Page>
  );
}
