import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';
import { Go } from '~/parts/Go';
import { LOOKS } from '~/pages/deployments/Status';

type Status = Schemas['Deployment']['status'];

/** Always told, because that there are none is news too. */
const ALWAYS = new Set<Status>(['HEALTHY', 'UNHEALTHY', 'HIBERNATING']);

/** How many Deployments stand how; each figure leads to them. */
export function ByStatus({ deployments }: { deployments: readonly Schemas['Deployment'][] }) {
  const count = (status: Status) => deployments.filter(each => each.status === status).length;
  const shown = (Object.keys(LOOKS) as Status[]).filter(each => ALWAYS.has(each) || count(each) > 0);
  return (
    <Container header={<Header variant="h2">Deployments</Header>}>
      <KeyValuePairs
        columns={Math.min(shown.length, 4)}
        items={shown.map(status => ({
          label: <StatusIndicator type={LOOKS[status][0]}>{LOOKS[status][1]}</StatusIndicator>,
          value: (
            <Box fontSize="display-l" fontWeight="bold">
              {count(status) > 0 ? (
                <Go
                  to={`/deployments?status=${status}`}
                  fontSize="display-l"
                  ariaLabel={`${count(status)} ${LOOKS[status][1]}`}
                >
                  {count(status)}
                </Go>
              ) : (
                0
              )}
            </Box>
          ),
        }))}
      />
    </Container>
  );
}
