import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useClusters, useWorkspaces } from '~/api/lists';
import { Choice } from '~/parts/Choice';
import { Go } from '~/parts/Go';
import type { SectionProps } from './section';

/** What it is called, whose it is and where it runs. */
export function Identity({ draft, change, before, wrong }: SectionProps) {
  const [workspaces, clusters] = [useWorkspaces(), useClusters()];
  const standard = (clusters.data ?? []).filter(each => each.type === 'STANDARD');
  const regions = [...new Set(standard.map(each => each.region))].toSorted();
  const places = [
    { value: '', label: 'Where its Workspace says' },
    ...regions.map(each => ({
      value: `region:${each}`,
      label: `Region ${each}`,
      description: 'The emptiest cluster there',
    })),
    ...(clusters.data ?? []).map(each => ({
      value: `cluster:${each.id}`,
      label: `Cluster ${each.name}`,
      description: `${each.type === 'DEDICATED' ? 'Dedicated' : 'Shared'}, ${each.region}`,
      disabled: each.type === 'HYBRID',
    })),
  ];
  return (
    <Container header={<Header variant="h2">Name and place</Header>}>
      <SpaceBetween size="m">
        <FormField label="Name" errorText={wrong('name')} stretch>
          <Input value={draft.name} onChange={event => change({ name: event.detail.value })} autoFocus={!before} />
        </FormField>
        <FormField
          label={
            <>
              Description <i>– optional</i>
            </>
          }
          errorText={wrong('description')}
          stretch
        >
          <Textarea
            value={draft.description}
            rows={2}
            onChange={event => change({ description: event.detail.value })}
          />
        </FormField>
        <FormField
          label="Workspace"
          errorText={wrong('workspaceId')}
          description={before && 'Stays what it is.'}
          constraintText={workspaces.data?.length === 0 && <Go to="/workspaces">Create a Workspace first</Go>}
        >
          <Choice
            value={draft.workspaceId}
            onChange={workspaceId => change({ workspaceId })}
            disabled={!!before}
            placeholder="Choose a Workspace"
            statusType={workspaces.isPending ? 'loading' : workspaces.error ? 'error' : 'finished'}
            loadingText="Reading Workspaces …"
            errorText="The Workspaces could not be read"
            empty="There is no Workspace yet."
            options={(workspaces.data ?? []).map(each => ({
              value: each.id,
              label: each.name,
              description: each.description,
            }))}
          />
        </FormField>
        <FormField
          label="Where it runs"
          errorText={wrong('clusterId') ?? wrong('region') ?? wrong('type') ?? wrong('cloudProvider')}
          description={before ? 'Stays what it is.' : 'A region, or one cluster in particular.'}
        >
          <Choice
            value={draft.place}
            onChange={place => change({ place })}
            disabled={!!before}
            statusType={clusters.isPending ? 'loading' : clusters.error ? 'error' : 'finished'}
            loadingText="Reading clusters …"
            errorText="The clusters could not be read"
            options={places}
          />
        </FormField>
        <FormField
          label={
            <>
              Contact addresses <i>– optional</i>
            </>
          }
          constraintText="Who is told when something is wrong; several are divided by commas."
          errorText={wrong('contactEmails')}
          stretch
        >
          <Input
            value={draft.contacts}
            onChange={event => change({ contacts: event.detail.value })}
            placeholder="data-team@example.com"
            inputMode="email"
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
