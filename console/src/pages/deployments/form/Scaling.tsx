import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import type { Schemas } from '~/api/client';
import { Choice } from '~/parts/Choice';
import { STYLES } from '../words';
import type { SectionProps } from './section';

const STYLE_NAMES = ['BALANCED', 'ECONOMY'] as const;

/** How the hypervisor weighs waiting against cost. */
export function Scaling({ draft, change, wrong }: SectionProps) {
  return (
    <Container header={<Header variant="h2">Scaling</Header>}>
      <SpaceBetween size="m">
        <FormField
          label="Style"
          description="How workers are scaled between the bounds of their queues."
          errorText={wrong('scalingSpec.style')}
          stretch
        >
          <Tiles
            value={draft.style}
            columns={2}
            onChange={event => change({ style: event.detail.value as Schemas['Style'] })}
            items={STYLE_NAMES.map(each => ({
              value: each,
              label: STYLES[each].name,
              description: STYLES[each].means,
            }))}
          />
        </FormField>
        <FormField
          label="Compare with"
          description="What this style would have decided is shown beside what is decided, and never carried out."
          errorText={wrong('scalingSpec.shadowStyle')}
        >
          <Choice
            value={draft.shadow}
            onChange={shadow => change({ shadow })}
            options={[
              { value: 'NONE', label: 'Nothing' },
              ...STYLE_NAMES.map(each => ({ value: each, label: STYLES[each].name })),
            ]}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
