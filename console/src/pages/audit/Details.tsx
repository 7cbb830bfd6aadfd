import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { moment } from '~/parts/Time';
import { Outcome } from './Outcome';
import { type AuditRecord, inWords } from './records';

interface Props {
  record: AuditRecord;
  nameOf: (id: string) => string | undefined;
  onClose: () => void;
}

/** All that is on record of one request. What could be a secret was never written down. */
export function Details({ record, nameOf, onClose }: Props) {
  const body = record.requestBody === null ? '' : JSON.stringify(record.requestBody, null, 2);
  return (
    <Modal
      visible
      size="large"
      header={inWords(record.operationId)}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>Close</Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'When', value: moment(record.timestamp) },
            { label: 'Outcome', value: <Outcome status={record.responseStatus} /> },
            {
              label: 'Who',
              value: `${nameOf(record.subjectId) ?? record.subjectId} (${record.subjectType === 'USER' ? 'person' : 'token'})`,
            },
            { label: 'From', value: record.sourceIp },
            { label: 'With', value: record.userAgent || '–' },
            { label: 'Request id', value: <Box variant="code">{record.requestId}</Box> },
          ]}
        />
        <div className="request">
          <Box variant="awsui-key-label">Request</Box>
          <Box variant="code">
            {record.method} {record.path}
          </Box>
        </div>
        {body && (
          <div className="request">
            <Box variant="awsui-key-label">What was sent</Box>
            <pre tabIndex={0} aria-label="What was sent">
              {body}
            </pre>
          </div>
        )}
      </SpaceBetween>
    </Modal>
  );
}
