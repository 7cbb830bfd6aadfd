import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { type FieldsProps, Text } from './KindFields';

/** A connection, by Airflow's own fields. */
export function ConnectionFields({ isOverride, ...fields }: FieldsProps) {
  const { draft, onChange, wrong, isSet } = fields;
  return (
    <>
      <ColumnLayout columns={2}>
        <Text
          name="type"
          label="Type"
          placeholder="postgres"
          hint={isOverride ? undefined : 'As Airflow names it.'}
          {...fields}
        />
        <Text
          name="schema"
          label="Schema"
          hint={isOverride ? undefined : 'The database or schema there.'}
          {...fields}
        />
        <Text name="host" label="Host" placeholder="db.example.com" {...fields} />
        <Text name="port" label="Port" placeholder="5432" type="number" {...fields} />
        <Text name="login" label="Login" {...fields} />
        <Text name="password" label="Password" type="password" {...fields} />
      </ColumnLayout>
      <FormField
        label="Extra"
        description="All else that the type takes: one JSON object. It is sealed as a whole, and never shown again."
        errorText={wrong('extra')}
      >
        <Textarea
          value={draft.extra}
          rows={3}
          spellcheck={false}
          placeholder={isSet('extra') ? 'Set; leave empty to keep it' : '{"sslmode": "require"}'}
          onChange={event => onChange({ extra: event.detail.value })}
        />
      </FormField>
    </>
  );
}
