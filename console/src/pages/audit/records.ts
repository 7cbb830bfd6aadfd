import { useQuery } from '@tanstack/react-query';
import { told } from '~/api/ask';
import { api } from '~/api/client';
import { useDeployments, useTeams, useTokens, useUsers, useWorkspaces } from '~/api/lists';
import { useSelf } from '~/app/self';

/** A line of the audit log, as docs/audit-log.md has it. */
export interface AuditRecord {
  timestamp: string;
  subjectId: string;
  subjectType: string;
  sourceIp: string;
  userAgent: string;
  method: string;
  path: string;
  operationId: string;
  requestId: string;
  requestBody: unknown;
  responseStatus: number;
}

/** What part of the log is read; days are UTC, a day counts whole. */
export interface Span {
  startDate?: string;
  endDate?: string;
}

export function lines(text: string): AuditRecord[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(each => JSON.parse(each) as AuditRecord);
}

/** The log of a span, newest first, beside the very text that the API gave. */
export function useAuditLog(key: string, span: () => Span) {
  const { organizationId } = useSelf();
  return useQuery({
    queryKey: ['audit-log', organizationId, key],
    queryFn: async () => {
      const params = { path: { organizationId }, query: span() };
      const asked = api.GET('/organizations/{organizationId}/audit-logs', { params, parseAs: 'text' });
      const text = (await told(asked)) as unknown as string;
      return { text, records: lines(text).toReversed() };
    },
    staleTime: 30_000,
    // each look at the log is on record itself
    refetchOnWindowFocus: false,
  });
}

/** Names of all that the log knows by id: who asked, and what was asked about. */
export function useNames(): (id: string) => string | undefined {
  const [users, tokens, workspaces] = [useUsers().data, useTokens().data, useWorkspaces().data];
  const [deployments, teams] = [useDeployments().data, useTeams().data];
  const names = new Map<string, string>();
  for (const each of [...(tokens ?? []), ...(workspaces ?? []), ...(deployments ?? []), ...(teams ?? [])]) {
    names.set(each.id, each.name);
  }
  for (const each of users ?? []) names.set(each.id, each.fullName || each.username);
  return id => names.get(id);
}

/** "CreateApiToken" is "Create API token". */
export function inWords(operation: string): string {
  if (!operation) return 'Something unknown';
  const words = operation.replace(/([a-z])([A-Z])/g, '$1 $2').split(' ');
  const said = words.map((each, at) => (at === 0 ? each : each.toLowerCase())).join(' ');
  return said.replace(/\bapi\b/, 'API').replace(/\bip\b/, 'IP');
}

const ID = /^c[a-z0-9]{24}$/;

/** What a path is about: its last part that is an id and its noun, by name where we know it. */
export function about(path: string, nameOf: (id: string) => string | undefined): string {
  const parts = path.split('/').filter(Boolean).slice(3); // v1, organizations, its id
  const at = parts.findLastIndex(each => ID.test(each));
  if (at < 0) return '';
  return nameOf(parts[at]!) ?? parts[at]!;
}
