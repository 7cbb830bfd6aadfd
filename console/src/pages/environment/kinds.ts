import type { Schemas } from '~/api/client';

export type EnvironmentObject = Schemas['EnvironmentObject'];
export type Kind = Schemas['ObjectType'];

export const KINDS: Kind[] = ['CONNECTION', 'AIRFLOW_VARIABLE', 'ENVIRONMENT_VARIABLE', 'METRICS_EXPORT'];

interface Words {
  noun: string;
  plural: string;
  /** The property of a request and of an answer that holds it. */
  property: 'connection' | 'airflowVariable' | 'environmentVariable' | 'metricsExport';
  /** What its key is called, and looks like. */
  keyLabel: string;
  placeholder: string;
}

export const WORDS: Record<Kind, Words> = {
  CONNECTION: {
    noun: 'connection',
    plural: 'Connections',
    property: 'connection',
    keyLabel: 'Connection id',
    placeholder: 'sales_db',
  },
  AIRFLOW_VARIABLE: {
    noun: 'Airflow variable',
    plural: 'Airflow variables',
    property: 'airflowVariable',
    keyLabel: 'Key',
    placeholder: 'region',
  },
  ENVIRONMENT_VARIABLE: {
    noun: 'environment variable',
    plural: 'Environment variables',
    property: 'environmentVariable',
    keyLabel: 'Key',
    placeholder: 'STAGE',
  },
  METRICS_EXPORT: {
    noun: 'metrics export',
    plural: 'Metrics exports',
    property: 'metricsExport',
    keyLabel: 'Name',
    placeholder: 'grafana',
  },
};

/** What one sees of an object at a glance; never a secret. */
export function glance(object: EnvironmentObject): string {
  const { connection, metricsExport } = object;
  const variable = object.airflowVariable ?? object.environmentVariable;
  if (connection) {
    const place = [connection.host, connection.port].filter(Boolean).join(':');
    return [connection.type, [connection.login, place].filter(Boolean).join('@')].filter(Boolean).join(' · ');
  }
  if (variable) return variable.isSecret ? '••••••' : variable.value;
  return metricsExport?.endpoint ?? '';
}
