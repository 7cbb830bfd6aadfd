import type { Schemas } from '~/api/client';
import { byWhom } from './byWhom';

/** Who did something, by the name that people know. */
export function Subject({ of: profile }: { of: Schemas['BasicSubjectProfile'] | null | undefined }) {
  return <>{profile ? byWhom(profile) : '–'}</>;
}
