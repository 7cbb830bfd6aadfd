import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import type { Schemas } from '~/api/client';
import { Choice } from '~/parts/Choice';
import { EXECUTORS, SCHEDULERS } from '../words';
import type { SectionProps } from './section';

/** Which Airflow, and how large and how safe its own parts are. */
export function Airflow({ draft, change, options, before, wrong }: SectionProps) {
  const executors = [...new Set([...options.executors, draft.executor])] as Schemas['Executor'][];
  return (
    <Container header={<Header variant="h2">Airflow</Header>}>
      <SpaceBetween size="m">
        <FormField
          label="Runtime"
          description={before && 'A deploy with a new runtime changes it.'}
          errorText={wrong('astroRuntimeVersion')}
        >
          <Choice
            value={draft.runtime}
            onChange={runtime => change({ runtime })}
            disabled={!!before}
            options={releases(options, draft.runtime)}
          />
        </FormField>
        <FormField label="Executor" description="How tasks are run." errorText={wrong('executor')} stretch>
          <RadioGroup
            value={draft.executor}
            onChange={event => change({ executor: event.detail.value as Schemas['Executor'] })}
            items={executors.map(each => ({
              value: each,
              label: EXECUTORS[each].name,
              description: EXECUTORS[each].means,
            }))}
          />
        </FormField>
        <FormField label="Kind" errorText={wrong('isDevelopmentMode')} stretch>
          <Toggle
            checked={draft.isDevelopment}
            disabled={!!before && !before.isDevelopmentMode}
            onChange={event => {
              const isDevelopment = event.detail.checked;
              change({ isDevelopment, ...(isDevelopment && { schedulerSize: 'SMALL', isHighlyAvailable: false }) });
            }}
            description="Small and cheap, for trying things. Can be switched off later, but not on."
          >
            Development mode
          </Toggle>
        </FormField>
        <FormField label="Scheduler" errorText={wrong('schedulerSize')}>
          <Choice
            value={draft.schedulerSize}
            onChange={schedulerSize => change({ schedulerSize })}
            disabled={draft.isDevelopment}
            options={options.schedulerMachines.map(each => ({
              value: each.name,
              label: SCHEDULERS[each.name],
              description: `${each.spec.cpu} vCPU, ${each.spec.memory}B`,
            }))}
          />
        </FormField>
        <FormField label="Safety" errorText={wrong('isHighAvailability') ?? wrong('isCicdEnforced')} stretch>
          <SpaceBetween size="xs">
            <Toggle
              checked={draft.isHighlyAvailable}
              disabled={draft.isDevelopment}
              onChange={event => change({ isHighlyAvailable: event.detail.checked })}
              description="Two of what must not fail, in different zones. Not in development mode."
            >
              High availability
            </Toggle>
            <Toggle
              checked={draft.isCicdEnforced}
              onChange={event => change({ isCicdEnforced: event.detail.checked })}
              description="Nobody deploys from a laptop."
            >
              Take code from API tokens only
            </Toggle>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

function releases(options: Schemas['DeploymentOptions'], chosen: string) {
  const known = options.runtimeReleases.map(each => ({
    value: each.version,
    label: `${each.version} (Airflow ${each.airflowVersion})`,
    description: each.channel,
  }));
  return known.some(each => each.value === chosen)
    ? known
    : [...known, { value: chosen, label: chosen, description: 'no longer offered' }];
}
