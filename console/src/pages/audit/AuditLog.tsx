import Button from '@cloudscape-design/components/button';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Beneath } from '~/parts/Beneath';
import { Page } from '~/parts/Page';
import { ResourceTable } from '~/parts/ResourceTable';
import { moment } from '~/parts/Time';
import { Details } from './Details';
import { type Chosen, Filters } from './Filters';
import { Outcome } from './Outcome';
import { RangePicker } from './RangePicker';
import { about, type AuditRecord, inWords, useAuditLog, useNames } from './records';
import { keyOf, spanOf } from './spans';

export function AuditLog() {
  const search = useSearch({ strict: false }) as Chosen;
  const [navigate, nameOf] = [useNavigate(), useNames()];
  const log = useAuditLog(keyOf(search), () => spanOf(search));
  const [shown, setShown] = useState<AuditRecord>();
  const choose = (change: Chosen) =>
    void navigate({ to: '.', search: { ...search, ...change } as never, replace: true });
  const records = log.data?.records;
  const found = records?.filter(
    each =>
      (!search.who || each.subjectId === search.who) &&
      (!search.what || each.operationId === search.what) &&
      (!search.outcome || each.responseStatus < 400 === (search.outcome === 'done')),
  );
  return (
    <Page
      title="Audit log"
      description="Who changed what, tried to, or was shown a secret. Records are kept for ninety days."
      actions={
        <Button iconName="download" disabled={!log.data} onClick={() => save(log.data!.text, keyOf(search))}>
          Export
        </Button>
      }
    >
      <RangePicker chosen={search} onChange={choose} />
      <ResourceTable
        rows={{ ...log, data: found }}
        noun="record"
        title="Records"
        description={records && found?.length !== records.length ? `of ${records.length} in this time` : undefined}
        id={each => each.requestId}
        text={each =>
          [
            nameOf(each.subjectId),
            each.subjectId,
            inWords(each.operationId),
            each.operationId,
            each.path,
            each.sourceIp,
            about(each.path, nameOf),
          ].join(' ')
        }
        actions={<Filters chosen={search} records={records ?? []} nameOf={nameOf} onChange={choose} />}
        empty={{
          words: 'Nothing is on record for this choice.',
          action: (search.who || search.what || search.outcome) && (
            <Button onClick={() => choose({ who: undefined, what: undefined, outcome: undefined })}>
              Show every record
            </Button>
          ),
        }}
        sortedBy="when"
        descending
        columns={[
          { id: 'when', header: 'When', sortingField: 'timestamp', cell: each => moment(each.timestamp) },
          {
            id: 'who',
            header: 'Who',
            sortingField: 'subjectId',
            cell: each => (
              <>
                {nameOf(each.subjectId) ?? each.subjectId}
                <Beneath>{each.sourceIp}</Beneath>
              </>
            ),
          },
          {
            id: 'what',
            header: 'What',
            isRowHeader: true,
            sortingField: 'operationId',
            cell: each => (
              <>
                {inWords(each.operationId)}
                <Beneath>{about(each.path, nameOf)}</Beneath>
              </>
            ),
          },
          {
            id: 'outcome',
            header: 'Outcome',
            sortingField: 'responseStatus',
            cell: each => <Outcome status={each.responseStatus} />,
          },
          {
            id: 'details',
            header: 'Actions',
            width: 110,
            cell: each => (
              <Button
                variant="inline-link"
                ariaLabel={`Details of ${inWords(each.operationId)} at ${moment(each.timestamp)}`}
                onClick={() => setShown(each)}
              >
                Details
              </Button>
            ),
          },
        ]}
      />
      {shown && <Details record={shown} nameOf={nameOf} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

/** Saves the lines as the API gave them. */
function save(text: string, key: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  link.download = `audit-log-${key}.ndjson`;
  link.click();
  URL.revokeObjectURL(link.href);
}
