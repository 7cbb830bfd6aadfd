import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '~/api/client';
import { sum } from '../sum';
import type { Draft } from './draft';
import { estimate, money, SOURCE } from './prices';

/** What an hour costs, as the form stands. */
export function Estimate({ draft, options }: { draft: Draft; options: Schemas['DeploymentOptions'] }) {
  const lines = estimate(draft, options);
  const [least, most] = [sum(lines, each => each.least), sum(lines, each => each.most)];
  return (
    <div className="estimate">
      <Container header={<Header variant="h2">Estimate</Header>}>
        <SpaceBetween size="s">
          <div aria-live="polite">
            <Box fontSize="display-l" fontWeight="bold">
              {range(least, most)}
            </Box>
            <Box color="text-body-secondary">an hour while it is awake</Box>
          </div>
          <table className="estimate-lines" aria-label="What the estimate consists of">
            <tbody>
              {lines.map((each, place) => (
                <tr key={place}>
                  <th scope="row">{each.what}</th>
                  <td>{range(each.least, each.most)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Box variant="small" color="text-body-secondary">
            An estimate by AWS Fargate’s{' '}
            <Link
              href={SOURCE}
              external
              externalIconAriaLabel="Opens in a new tab"
              variant="primary"
              fontSize="inherit"
            >
              list price
            </Link>{' '}
            in us-east-1 for the vCPU and memory of scheduler, DAG processor, API server, triggerer, broker, connection
            pool and workers. Not in it: the cluster itself, its database, storage and traffic. Asleep it costs none of
            this.
          </Box>
        </SpaceBetween>
      </Container>
    </div>
  );
}

const range = (least: number, most: number) =>
  money(least) === money(most) ? money(least) : `${money(least)} – ${money(most)}`;
