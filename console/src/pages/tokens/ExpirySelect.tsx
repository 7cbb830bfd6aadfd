import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

export const DEFAULT_DAYS = 90;

const CHOICES = [
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
  { value: '365', label: 'After a year' },
  { value: 'other', label: 'After some other time' },
  { value: 'never', label: 'Never' },
];

interface Props {
  /** After how many days it ends; null is never. */
  days: number | null;
  onChange: (days: number | null) => void;
  errorText?: string;
}

/** Says when a token ends. */
export function ExpirySelect({ days, onChange, errorText }: Props) {
  const [choice, setChoice] = useState(String(days ?? 'never'));
  return (
    <FormField
      label="Ends"
      description={
        choice === 'never' && 'A secret that leaks is good until somebody notices. Prefer an end, and rotate.'
      }
      errorText={errorText}
    >
      <SpaceBetween size="xs">
        <Select
          options={CHOICES}
          selectedOption={CHOICES.find(each => each.value === choice) ?? CHOICES[3]!}
          onChange={event => {
            const next = event.detail.selectedOption.value ?? 'never';
            setChoice(next);
            onChange(next === 'never' ? null : next === 'other' ? 7 : Number(next));
          }}
          expandToViewport
        />
        {choice === 'other' && (
          <Input
            type="number"
            inputMode="numeric"
            step={1}
            value={String(days ?? '')}
            onChange={event => onChange(Number(event.detail.value))}
            ariaLabel="Days until it ends"
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}
