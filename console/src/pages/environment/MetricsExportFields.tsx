import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { type FieldsProps, Text } from './KindFields';

const AUTH = [
  { value: '', label: 'None' },
  { value: 'BASIC', label: 'Username and password' },
  { value: 'AUTH_TOKEN', label: 'Bearer token' },
];

/** Where a Deployment's Airflow metrics are written to. */
export function MetricsExportFields({ isOverride, ...fields }: FieldsProps) {
  const { draft, onChange, wrong, isSet } = fields;
  return (
    <>
      <Text
        name="endpoint"
        label="Endpoint"
        hint="A Prometheus remote-write address."
        placeholder="https://prometheus.example.com/api/v1/write"
        {...fields}
      />
      <FormField label="Authentication" errorText={wrong('authType')}>
        <Select
          options={isOverride ? [{ value: '', label: 'As the object says' }, ...AUTH.slice(1)] : AUTH}
          selectedOption={AUTH.find(each => each.value === draft.authType) ?? AUTH[0]!}
          onChange={event => onChange({ authType: event.detail.selectedOption.value ?? '' })}
        />
      </FormField>
      {(draft.authType === 'BASIC' || isOverride) && (
        <ColumnLayout columns={2}>
          <Text name="username" label="Username" {...fields} />
          <Text name="password" label="Password" type="password" {...fields} />
        </ColumnLayout>
      )}
      {(draft.authType === 'AUTH_TOKEN' || isOverride) && (
        <Text name="basicToken" label="Token" type="password" {...fields} />
      )}
      <ColumnLayout columns={2}>
        <FormField label="Labels" description="Of every sample; one name=value a line." errorText={wrong('labels')}>
          <Textarea
            value={draft.labels}
            rows={3}
            spellcheck={false}
            placeholder="team=data"
            onChange={event => onChange({ labels: event.detail.value })}
          />
        </FormField>
        <FormField
          label="Headers"
          description="Of every request; sealed, never shown again."
          errorText={wrong('headers')}
        >
          <Textarea
            value={draft.headers}
            rows={3}
            spellcheck={false}
            placeholder={isSet('headers') ? 'Set; leave empty to keep them' : 'X-Scope-OrgID=7'}
            onChange={event => onChange({ headers: event.detail.value })}
          />
        </FormField>
      </ColumnLayout>
    </>
  );
}
