import { told } from '~/api/ask';
import { api } from '~/api/client';
import { Failure } from '~/api/failure';

const BLOCKED = 'your browser kept the new tab from opening; allow this site to open tabs and try again';
const STRANGE = 'the address of this Airflow is not one that a browser can open';

/**
 * Opens a Deployment's Airflow in a new tab, signed in.
 *
 * The tab is opened before anything is asked, while the click still counts: browsers block tabs that open later by themselves.
 */
export async function openAirflow(organizationId: string, deploymentId: string): Promise<void> {
  const opened = window.open('', '_blank');
  if (!opened) throw new Failure(BLOCKED, 0, 'BLOCKED', '');
  try {
    opened.opener = null;
    const path = { organizationId, deploymentId };
    const { url } = await told(
      api.POST('/organizations/{organizationId}/deployments/{deploymentId}/handover', { params: { path } }),
    );
    if (!/^https?:\/\//.test(url)) throw new Failure(STRANGE, 0, 'STRANGE', '');
    opened.location.replace(url);
  } catch (thrown) {
    opened.close();
    throw thrown;
  }
}
