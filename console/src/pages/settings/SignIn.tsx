import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';

/** How people come to be known here. Both are the installation's, so they are shown and not changed. */
export function SignIn({ organization }: { organization: Schemas['Organization'] }) {
  const domains = organization.managedDomains.map(each => each.name).join(', ');
  return (
    <Container header={<Header variant="h2">Sign-in</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={2}
          items={[
            {
              label: 'People by SCIM',
              value: organization.isScimEnabled ? (
                <StatusIndicator type="success">On</StatusIndicator>
              ) : (
                <StatusIndicator type="stopped">Off: people are invited</StatusIndicator>
              ),
            },
            { label: 'Managed domains', value: domains || 'None' },
          ]}
        />
        <Box color="text-body-secondary">
          People sign in at the identity provider of this installation, by the address that they were invited with.
          Whoever runs the installation sets the provider.
        </Box>
      </SpaceBetween>
    </Container>
  );
}
