import Select, { type SelectProps } from '@cloudscape-design/components/select';

interface Props<V extends string> extends Omit<
  SelectProps,
  'options' | 'selectedOption' | 'onChange' | 'filteringType'
> {
  value: V;
  options: { value: V; label: string; description?: string; disabled?: boolean; tags?: string[] }[];
  onChange: (value: V) => void;
}

/** One of a few; with a filter as soon as there are many. */
export function Choice<V extends string>({ value, options, onChange, ...rest }: Props<V>) {
  return (
    <Select
      {...rest}
      options={options}
      selectedOption={options.find(each => each.value === value) ?? null}
      onChange={event => onChange(event.detail.selectedOption.value as V)}
      filteringType={options.length > 12 ? 'auto' : 'none'}
      filteringAriaLabel="Filter the choices"
      virtualScroll={options.length > 50}
    />
  );
}
