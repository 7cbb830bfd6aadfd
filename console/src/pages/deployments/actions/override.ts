import { told } from '~/api/ask';
import { api } from '~/api/client';

/** A person's word over the rules by which a Deployment sleeps; without a time it holds until it is taken back. */
interface Word {
  isHibernating: boolean;
  until: string | null;
}

const PATH = '/organizations/{organizationId}/deployments/{deploymentId}/hibernation-override';

export function override(organizationId: string, deploymentId: string, { isHibernating, until }: Word) {
  const params = { path: { organizationId, deploymentId } };
  return told(api.POST(PATH, { params, body: { isHibernating, overrideUntil: until } }));
}

/** The rules decide again. */
export function takeBack(organizationId: string, deploymentId: string) {
  return told(api.DELETE(PATH, { params: { path: { organizationId, deploymentId } } }));
}

export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
