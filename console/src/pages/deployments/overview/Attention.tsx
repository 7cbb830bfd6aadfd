import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';
import { sentence } from '~/parts/FailureNote';
import { Time } from '~/parts/Time';
import type { TabProps } from '../tabs';

const LEVEL = { critical: 'error', warning: 'warning', info: 'info' } as const satisfies Record<
  string,
  AlertProps.Type
>;

const MOVES: Partial<Record<TabProps['deployment']['status'], string>> = {
  CREATING: 'It is being created: a database, its Airflow and an address. This takes a minute or two.',
  DEPLOYING: 'It is changing to what was asked for. Tasks go on running.',
};

/** What is wrong or under way, the most telling first. */
export function Attention({ deployment }: Pick<TabProps, 'deployment'>) {
  const moves = MOVES[deployment.status];
  const { incidents } = deployment.deploymentHealthStatus;
  return (
    <>
      {moves && (
        <Alert type="info" header={moves}>
          <Spinner /> {deployment.statusReason ? sentence(deployment.statusReason) : 'This page follows by itself.'}
        </Alert>
      )}
      {deployment.status === 'UNHEALTHY' && incidents.length === 0 && (
        <Alert type="error" header="It is not well">
          {sentence(deployment.statusReason || 'no reason was told')}
        </Alert>
      )}
      {deployment.status === 'UNKNOWN' && (
        <Alert type="warning" header="Nobody can tell how it is">
          {sentence(deployment.statusReason || 'its cluster has not been heard of for a while')}
        </Alert>
      )}
      {incidents.map(each => (
        <Alert
          key={`${each.incidentType} ${each.subject}`}
          type={LEVEL[each.severity]}
          header={`${sentence(each.incidentType.replaceAll('_', ' ').toLowerCase()).slice(0, -1)}: ${each.subject}`}
        >
          {sentence(each.description)}
          <Box variant="small" color="inherit" display="block">
            First seen <Time at={each.createdAt} />
          </Box>
        </Alert>
      ))}
    </>
  );
}
