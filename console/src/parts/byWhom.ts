import type { Schemas } from '~/api/client';

/** Who made or changed something, as people call them. */
export function byWhom(subject: Schemas['BasicSubjectProfile'] | null | undefined): string {
  if (!subject) return 'somebody who is gone';
  if (subject.apiTokenName) return `the token ${subject.apiTokenName}`;
  return subject.fullName || subject.username || subject.id;
}
