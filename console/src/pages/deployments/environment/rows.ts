import type { Schemas } from '~/api/client';

/** A variable as it is typed. `known` is the secret that is there already: left empty, its value stays. */
export interface Row {
  key: string;
  value: string;
  isSecret: boolean;
  known: boolean;
}

export const rowsOf = (deployment: Schemas['Deployment']): Row[] =>
  deployment.environmentVariables.map(each => ({
    key: each.key,
    value: each.isSecret ? '' : each.value,
    isSecret: each.isSecret,
    known: each.isSecret,
  }));

export const asked = (rows: readonly Row[]): Schemas['DeploymentEnvironmentVariableRequest'][] =>
  rows.map(each => ({
    key: each.key.trim(),
    isSecret: each.isSecret,
    ...(each.known && each.isSecret && each.value === '' ? {} : { value: each.value }),
  }));

/** Lines of a `.env` file as rows: `KEY=value`, with `export`, comments and quotes as shells have them. */
export function pasted(text: string): Row[] {
  return text
    .split('\n')
    .map(line => /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line))
    .filter(found => found !== null)
    .map(found => ({ key: found[1]!, value: unquoted(found[2]!), isSecret: false, known: false }));
}

const unquoted = (value: string) => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
