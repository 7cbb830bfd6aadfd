import Input from '@cloudscape-design/components/input';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useState } from 'react';
import { SOURCES } from './entries';
import type { Span } from './span';
import { SpanPicker } from './SpanPicker';

const NAMES: Record<string, string> = {
  scheduler: 'Scheduler',
  worker: 'Workers',
  triggerer: 'Triggerer',
  'dag-processor': 'DAG processor',
  apiserver: 'API server',
};
const ALL = { value: '', label: 'All components' };
const COMPONENTS: SelectProps.Option[] = [ALL, ...SOURCES.map(value => ({ value, label: NAMES[value] }))];

interface Props {
  component: string;
  search: string;
  span: Span;
  onChange: (change: Record<string, string>) => void;
  follows: boolean;
  onFollows: (follows: boolean) => void;
  wraps: boolean;
  onWraps: (wraps: boolean) => void;
}

export function LogFilters({ component, search, span, onChange, follows, onFollows, wraps, onWraps }: Props) {
  return (
    <div className="filters">
      <div className="filters-search">
        <Search value={search} onChange={words => onChange({ search: words })} />
      </div>
      <Select
        ariaLabel="Component"
        options={COMPONENTS}
        selectedOption={COMPONENTS.find(each => each.value === component) ?? ALL}
        onChange={event => onChange({ component: event.detail.selectedOption.value ?? '' })}
      />
      <SpanPicker span={span} onChange={onChange} />
      <SpaceBetween direction="horizontal" size="m">
        <Toggle checked={follows} disabled={!('range' in span)} onChange={event => onFollows(event.detail.checked)}>
          Follow
        </Toggle>
        <Toggle checked={wraps} onChange={event => onWraps(event.detail.checked)}>
          Wrap lines
        </Toggle>
      </SpaceBetween>
    </div>
  );
}

const PAUSE = 400;

/** Asks the API when the typing pauses, not at every letter. */
function Search({ value, onChange }: { value: string; onChange: (words: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const [sent, setSent] = useState(value);
  if (value !== known) {
    setKnown(value);
    // the address may change by itself; but one that comes late after our own word must not undo what was typed since
    if (value !== sent) setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      setSent(typed);
      onChange(typed);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <Input
      type="search"
      value={typed}
      ariaLabel="Search the logs"
      clearAriaLabel="Clear the search"
      placeholder="Search, as in error or fail*"
      onChange={event => setTyped(event.detail.value.slice(0, 500))}
    />
  );
}
