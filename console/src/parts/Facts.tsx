import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';
import { Copied } from './Copied';

interface Fact {
  label: string;
  value: ReactNode;
  /** An id, or something else that people take elsewhere. */
  isCopied?: boolean;
}

interface Props {
  facts: Fact[];
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
}

/** What a thing is, in pairs of a label and a value. */
export function Facts({ facts, title, description, actions }: Props) {
  return (
    <Container
      header={
        title && (
          <Header variant="h2" actions={actions} description={description}>
            {title}
          </Header>
        )
      }
    >
      <KeyValuePairs
        columns={4}
        items={facts.map(({ label, value, isCopied }) => ({
          label,
          value:
            isCopied && typeof value === 'string' ? (
              <Copied value={value} label={label} />
            ) : (
              (value ?? <Box color="text-body-secondary">–</Box>)
            ),
        }))}
      />
    </Container>
  );
}
