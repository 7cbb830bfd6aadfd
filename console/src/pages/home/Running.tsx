import type { Schemas } from '~/api/client';
import { Go, GoButton } from '~/parts/Go';
import { read, ResourceTable } from '~/parts/ResourceTable';
import { Time } from '~/parts/Time';
import { OpenAirflow } from '~/pages/deployments/actions/OpenAirflow';
import { Sparkline } from '~/pages/deployments/Sparkline';
import { Status } from '~/pages/deployments/Status';

const MOST = 5;

/** The Deployments that were changed last, with what runs in them and the way in. */
export function Running({ deployments }: { deployments: readonly Schemas['Deployment'][] }) {
  const latest = deployments.toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt)).slice(0, MOST);
  return (
    <ResourceTable
      rows={read(latest)}
      noun="Deployment"
      title="Changed last"
      id={each => each.id}
      text={each => each.name}
      filtersFrom={MOST + 1}
      sortedBy="changed"
      descending
      actions={<GoButton to="/deployments">All Deployments</GoButton>}
      empty={{ words: 'No Deployment yet.' }}
      columns={[
        {
          id: 'name',
          header: 'Name',
          isRowHeader: true,
          minWidth: 130,
          cell: each => <Go to={`/deployments/${each.id}`}>{each.name}</Go>,
        },
        { id: 'status', header: 'Status', minWidth: 130, cell: each => <Status of={each} /> },
        { id: 'chart', header: 'Tasks, last 6 hours', minWidth: 150, cell: each => <Sparkline deployment={each} /> },
        {
          id: 'changed',
          header: 'Changed',
          sortingField: 'updatedAt',
          minWidth: 120,
          cell: each => <Time at={each.updatedAt} />,
        },
        { id: 'open', header: 'Airflow', minWidth: 80, cell: each => <OpenAirflow deployment={each} isSmall /> },
      ]}
    />
  );
}
