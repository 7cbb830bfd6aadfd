import type { TableProps } from '@cloudscape-design/components/table';
import { Go } from '~/parts/Go';
import { Time } from '~/parts/Time';
import { capital } from '~/parts/capital';
import { type EnvironmentObject, glance, WORDS } from './kinds';

/** The columns of a list of objects; `names` are those of Workspaces and Deployments by their ids. */
export function columns(names: ReadonlyMap<string, string>): TableProps.ColumnDefinition<EnvironmentObject>[] {
  return [
    {
      id: 'key',
      header: 'Key',
      sortingField: 'objectKey',
      isRowHeader: true,
      cell: each => <Go to={`/environment/${each.id}`}>{each.objectKey}</Go>,
    },
    { id: 'type', header: 'Type', sortingField: 'objectType', cell: each => capital(WORDS[each.objectType].noun) },
    { id: 'value', header: 'What it holds', cell: glanced },
    {
      id: 'place',
      header: 'Belongs to',
      cell: each =>
        `${names.get(each.scopeEntityId) ?? each.scopeEntityId}${each.scope === 'WORKSPACE' ? ' (Workspace)' : ''}`,
    },
    { id: 'reach', header: 'Reaches', cell: each => reach(each, names) },
    { id: 'updated', header: 'Changed', sortingField: 'updatedAt', cell: each => <Time at={each.updatedAt} /> },
  ];
}

function glanced(object: EnvironmentObject) {
  return <span className="one-line">{glance(object) || '–'}</span>;
}

function reach(object: EnvironmentObject, names: ReadonlyMap<string, string>): string {
  if (object.scope === 'DEPLOYMENT') return 'This Deployment';
  const left = object.excludeLinks.length;
  if (object.autoLinkDeployments) return left ? `Every Deployment but ${left}` : 'Every Deployment';
  const linked = object.links.map(each => names.get(each.scopeEntityId) ?? each.scopeEntityId);
  if (linked.length > 2) return `${linked.length} Deployments`;
  return linked.join(', ') || 'No Deployment yet';
}
