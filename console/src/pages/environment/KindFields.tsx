import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import type { Draft } from './draft';
import { ConnectionFields } from './ConnectionFields';
import { MetricsExportFields } from './MetricsExportFields';
import type { Kind } from './kinds';

export interface FieldsProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  /** What the API says of a field, by its name. */
  wrong: (name: string) => string | undefined;
  /** Secrets that hold something already, which an empty input keeps. */
  isSet: (name: string) => boolean;
  /** Of one Deployment: what is left empty is as the object says. */
  isOverride?: boolean;
}

/** What an object of a type holds. */
export function KindFields({ kind, ...fields }: FieldsProps & { kind: Kind }) {
  if (kind === 'CONNECTION') return <ConnectionFields {...fields} />;
  if (kind === 'METRICS_EXPORT') return <MetricsExportFields {...fields} />;
  return <VariableFields {...fields} />;
}

function VariableFields({ draft, onChange, wrong, isSet, isOverride }: FieldsProps) {
  return (
    <>
      {!isOverride && (
        <Checkbox
          checked={draft.isSecret}
          onChange={event => onChange({ isSecret: event.detail.checked })}
          description="It is sealed, and never shown again. To make it plain later takes a new value."
        >
          Secret
        </Checkbox>
      )}
      {draft.isSecret ? (
        <Text name="value" label="Value" type="password" {...{ draft, onChange, wrong, isSet }} />
      ) : (
        <FormField label="Value" errorText={wrong('value')}>
          <Textarea
            value={draft.value}
            rows={Math.min(8, draft.value.split('\n').length + 1)}
            onChange={event => onChange({ value: event.detail.value })}
            spellcheck={false}
          />
        </FormField>
      )}
    </>
  );
}

interface TextProps extends Omit<FieldsProps, 'isOverride'> {
  name: Exclude<keyof Draft, 'isSecret'>;
  label: string;
  hint?: string;
  placeholder?: string;
  type?: InputProps.Type;
}

/** One line of text; a secret's input begins empty, and says that it keeps what is there. */
export function Text({ name, label, hint, placeholder, type = 'text', draft, onChange, wrong, isSet }: TextProps) {
  return (
    <FormField label={label} description={hint} errorText={wrong(name)}>
      <Input
        type={type}
        value={draft[name]}
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        spellcheck={false}
        placeholder={type === 'password' && isSet(name) ? 'Set; leave empty to keep it' : placeholder}
        onChange={event => onChange({ [name]: event.detail.value })}
      />
    </FormField>
  );
}
