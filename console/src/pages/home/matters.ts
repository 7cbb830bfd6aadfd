import type { Schemas } from '~/api/client';
import { sentence } from '~/parts/FailureNote';

type Deployment = Schemas['Deployment'];
type Deploy = Schemas['Deploy'];

/** Something that somebody should look at. */
export interface Matter {
  key: string;
  level: Schemas['Severity'];
  rank: number;
  what: string;
  why: string;
  since: string;
  deployment: Deployment;
  /** Where in the Deployment one sees more. */
  tab: string;
}

const RANK = { critical: 0, warning: 1, info: 2 };

/** Deployments that are not well, what their clusters see wrong, and deploys that failed, the worst first. */
export function matters(deployments: readonly Deployment[], deploys: readonly (Deploy | null | undefined)[]): Matter[] {
  const found: Matter[] = [];
  const add = (
    deployment: Deployment,
    level: Matter['level'],
    told: Pick<Matter, 'what' | 'why' | 'since'>,
    tab = '',
  ) => found.push({ key: `${deployment.id} ${found.length}`, level, rank: RANK[level], deployment, tab, ...told });
  for (const each of deployments) {
    const { incidents } = each.deploymentHealthStatus;
    for (const incident of incidents) {
      const what = sentence(incident.incidentType.replaceAll('_', ' ').toLowerCase()).slice(0, -1);
      const why = sentence(`${incident.subject}: ${incident.description}`);
      add(each, incident.severity, { what, why, since: incident.createdAt });
    }
    const why = sentence(each.statusReason || 'no reason was told');
    if (each.status === 'UNHEALTHY' && incidents.length === 0)
      add(each, 'critical', { what: 'Unhealthy', why, since: each.updatedAt });
    if (each.status === 'UNKNOWN')
      add(each, 'warning', { what: 'Nobody can tell how it is', why, since: each.updatedAt });
    const deploy = deploys.find(one => one?.deploymentId === each.id);
    if (deploy?.status === 'FAILED') {
      const words = sentence(deploy.description || 'the code before it still runs');
      add(each, 'warning', { what: 'Last deploy failed', why: words, since: deploy.createdAt }, '/deploys');
    }
  }
  return found.toSorted((one, other) => one.rank - other.rank);
}
