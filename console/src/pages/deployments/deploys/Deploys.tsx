import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import type { TableProps } from '@cloudscape-design/components/table';
import { useMemo, useState } from 'react';
import type { Schemas } from '~/api/client';
import { ResourceTable } from '~/parts/ResourceTable';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import { Describe } from './Describe';
import { type Deploy, standings, useDeploys } from './history';
import { NewDeploy } from './NewDeploy';
import { Rollback } from './Rollback';
import { DeployStanding } from './DeployStanding';
import { WhatChanged } from './WhatChanged';

type Doing = { what: 'deploy' } | { what: 'roll-back' | 'describe'; deploy: Deploy };

/** What was deployed here, and the ways to deploy and to go back. */
export function Deploys({ deployment }: { deployment: Schemas['Deployment'] }) {
  const deploys = useDeploys(deployment);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const stands = useMemo(() => standings(deploys.data ?? [], deployment), [deploys.data, deployment]);
  const columns: TableProps.ColumnDefinition<Deploy>[] = [
    { id: 'standing', header: 'State', cell: each => <DeployStanding of={stands.get(each.id)} />, minWidth: 130 },
    {
      id: 'what',
      header: 'What changed',
      isRowHeader: true,
      cell: each => <WhatChanged of={each} among={deploys.data ?? []} />,
    },
    {
      id: 'when',
      header: 'When',
      sortingField: 'createdAt',
      cell: each => <Time at={each.createdAt} />,
      minWidth: 120,
    },
    { id: 'who', header: 'By', cell: each => byWhom(each.createdBySubject) },
    {
      id: 'actions',
      header: 'Actions',
      cell: each => (
        <ButtonDropdown
          variant="inline-icon"
          ariaLabel={`Actions of the deploy ${each.description || each.id}`}
          expandToViewport
          items={[
            {
              id: 'roll-back',
              text: 'Roll back to this',
              disabled: stands.get(each.id) !== 'earlier' || !each.dagTarballVersion,
              disabledReason: WHY_NOT[stands.get(each.id) ?? 'earlier'],
            },
            { id: 'describe', text: 'Change the description' },
          ]}
          onItemClick={event => setDoing({ what: event.detail.id as 'roll-back', deploy: each })}
        />
      ),
    },
  ];
  const start = (
    <Button variant="primary" onClick={() => setDoing({ what: 'deploy' })}>
      Deploy DAGs
    </Button>
  );
  return (
    <>
      <ResourceTable
        rows={deploys}
        noun="deploy"
        title="Deploys"
        description="A deploy restarts nothing: running tasks keep the code they began with."
        id={each => each.id}
        text={each => [each.description, byWhom(each.createdBySubject), each.git?.commitSha, each.id].join(' ')}
        sortedBy="when"
        descending
        actions={start}
        empty={{ words: 'No code was deployed yet. Airflow runs, and has no DAGs.', action: start }}
        columns={columns}
      />
      {doing?.what === 'deploy' && <NewDeploy deployment={deployment} onClose={close} />}
      {doing?.what === 'roll-back' && <Rollback deployment={deployment} deploy={doing.deploy} onClose={close} />}
      {doing?.what === 'describe' && <Describe deployment={deployment} deploy={doing.deploy} onClose={close} />}
    </>
  );
}

const WHY_NOT: Record<string, string> = {
  live: 'This is what runs now.',
  'going live': 'This is on its way already.',
  failed: 'This deploy failed, so there is nothing to go back to.',
  unfinished: 'This deploy was never finished, so there is nothing to go back to.',
  earlier: 'This deploy put no code live.',
};
