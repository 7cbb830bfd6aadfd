import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';

export type Person = Schemas['User'];

/** What somebody is called; by their address until they say. */
export const nameOf = (person: Pick<Person, 'fullName' | 'username'>) => person.fullName || person.username;

const LOOKS: Record<Person['status'], [StatusIndicatorProps.Type, string]> = {
  ACTIVE: ['success', 'Active'],
  PENDING: ['pending', 'Invited'],
  INACTIVE: ['stopped', 'Inactive'],
  BANNED: ['error', 'Banned'],
};

export function PersonStatus({ of: person }: { of: Pick<Person, 'status'> }) {
  const [type, words] = LOOKS[person.status];
  return <StatusIndicator type={type}>{words}</StatusIndicator>;
}
