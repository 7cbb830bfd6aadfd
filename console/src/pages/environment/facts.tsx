import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import { byWhom } from '~/parts/byWhom';
import { Time } from '~/parts/Time';
import type { EnvironmentObject } from './kinds';

const SECRETS: Record<string, string> = {
  password: 'Password',
  extra: 'Extra',
  value: 'Value',
  basicToken: 'Token',
  headers: 'Headers',
};

/** What an object holds, and where it comes from. Of a secret one sees only that it is there. */
export function facts(object: EnvironmentObject, place: string | undefined): KeyValuePairsProps.Item[] {
  const { connection, metricsExport } = object;
  const variable = object.airflowVariable ?? object.environmentVariable;
  const plain: [string, unknown][] = connection
    ? [
        ['Type', connection.type],
        ['Host', connection.host],
        ['Port', connection.port],
        ['Login', connection.login],
        ['Schema', connection.schema],
      ]
    : metricsExport
      ? [
          ['Endpoint', metricsExport.endpoint],
          ['Authentication', metricsExport.authType ?? 'None'],
          ['Username', metricsExport.username],
          ['Labels', pairs(metricsExport.labels)],
        ]
      : [['Value', variable?.isSecret ? undefined : variable?.value]];
  const isSealed = (name: string) => name in SECRETS && (name !== 'value' || variable?.isSecret);
  return [
    ...plain
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([label, value]) => ({ label, value: <span className="words">{String(value)}</span> })),
    ...object.setFields.filter(isSealed).map(name => ({ label: SECRETS[name], value: 'Set, and never shown' })),
    { label: object.scope === 'WORKSPACE' ? 'Workspace' : 'Deployment', value: place ?? object.scopeEntityId },
    {
      label: 'Changed',
      value: (
        <>
          <Time at={object.updatedAt} /> by {byWhom(object.updatedBy)}
        </>
      ),
    },
  ];
}

const pairs = (held: object | null | undefined) =>
  Object.entries(held ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
