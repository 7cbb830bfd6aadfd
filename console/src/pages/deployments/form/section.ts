import type { Schemas } from '~/api/client';
import type { Draft } from './draft';

/** What each part of the form gets. */
export interface SectionProps {
  draft: Draft;
  change: (changed: Partial<Draft>) => void;
  options: Schemas['DeploymentOptions'];
  /** The Deployment that is changed; none while one is made. */
  before?: Schemas['Deployment'];
  /** What the API says is wrong with a field of the request, or with what lies in it. */
  wrong: (field: string) => string | undefined;
}
