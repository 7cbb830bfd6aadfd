import type { Schemas } from '~/api/client';
import type { EnvironmentObject } from './kinds';

/** How a Workspace's object stands to one of its Deployments. */
export interface Reach {
  deployment: Schemas['Deployment'];
  how: 'linked' | 'by itself' | 'left out' | 'not linked';
  link: Schemas['EnvironmentObjectLink'] | undefined;
  /** The names of the fields that are different there. */
  different: string[];
}

export function reaches(object: EnvironmentObject, deployments: readonly Schemas['Deployment'][]): Reach[] {
  return deployments
    .filter(each => each.workspaceId === object.scopeEntityId)
    .map(deployment => {
      const link = object.links.find(each => each.scopeEntityId === deployment.id);
      const isLeftOut = object.excludeLinks.some(each => each.scopeEntityId === deployment.id);
      const how = link ? 'linked' : isLeftOut ? 'left out' : object.autoLinkDeployments ? 'by itself' : 'not linked';
      return { deployment, how, link, different: link?.setFields ?? [] };
    });
}

const one = (scopeEntityId: string) => ({ scope: 'DEPLOYMENT' as const, scopeEntityId });
const others = (links: readonly { scopeEntityId: string }[], id: string) =>
  links.map(each => each.scopeEntityId).filter(each => each !== id);

/** The change that links a Deployment: other links stay with what is different there, and it is no longer left out. */
export function withLink(object: EnvironmentObject, deploymentId: string, overrides?: object) {
  return {
    links: [...others(object.links, deploymentId).map(one), { ...one(deploymentId), ...(overrides && { overrides }) }],
    excludeLinks: others(object.excludeLinks, deploymentId).map(one),
  };
}

/** The change that takes a link away, with what was different there, or lets a Deployment in that was left out. */
export function withoutLink(object: EnvironmentObject, deploymentId: string) {
  return {
    links: others(object.links, deploymentId).map(one),
    excludeLinks: others(object.excludeLinks, deploymentId).map(one),
  };
}
