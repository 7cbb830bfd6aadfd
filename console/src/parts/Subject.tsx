import type { Schemas } from '~/api/client';

type Profile = Schemas['BasicSubjectProfile'];

/** Who did something, by the name that people know. */
export function subjectName(of: Profile): string {
  return of.fullName || of.username || of.apiTokenName || 'somebody who is gone';
}

export function Subject({ of: profile }: { of: Profile | null | undefined }) {
  if (!profile) return <>–</>;
  const isToken = profile.subjectType === 'SERVICEKEY';
  return (
    <span title={profile.username ?? (isToken ? 'API token' : undefined)}>
      {subjectName(profile)}
      {isToken && ' (token)'}
    </span>
  );
}
