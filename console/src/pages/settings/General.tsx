import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { Copied } from '~/parts/Copied';
import { FailureNote } from '~/parts/FailureNote';
import { useAttempt } from '~/parts/useAttempt';

/** What the Organization is called, where its bills go, and whether secrets may be read back. */
export function General({ organization }: { organization: Schemas['Organization'] }) {
  const attempt = useAttempt();
  const [name, setName] = useState(organization.name);
  const [billingEmail, setEmail] = useState(organization.billingEmail);
  const [isFetching, setFetching] = useState(organization.isEnvironmentSecretsFetchingEnabled);
  const isChanged =
    name !== organization.name ||
    billingEmail !== organization.billingEmail ||
    isFetching !== organization.isEnvironmentSecretsFetchingEnabled;
  const isReady = isChanged && name.trim() !== '';
  const save = () =>
    told(
      api.POST('/organizations/{organizationId}', {
        params: { path: { organizationId: organization.id } },
        body: {
          name: name.trim(),
          billingEmail: billingEmail.trim(),
          isScimEnabled: organization.isScimEnabled,
          isEnvironmentSecretsFetchingEnabled: isFetching,
        },
      }),
    );
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (isReady && !attempt.isBusy) void attempt.run(save, 'The Organization is changed.');
      }}
    >
      <Container header={<Header variant="h2">Organization</Header>}>
        <Form
          actions={
            <Button variant="primary" loading={attempt.isBusy} disabled={!isReady}>
              Save
            </Button>
          }
        >
          <SpaceBetween size="m">
            <FormField label="Name" errorText={attempt.failure?.field('name')}>
              <Input value={name} onChange={event => setName(event.detail.value)} />
            </FormField>
            <FormField
              label="Contact for bills"
              description="An e-mail address."
              errorText={attempt.failure?.field('billingEmail')}
            >
              <Input type="email" value={billingEmail} onChange={event => setEmail(event.detail.value)} />
            </FormField>
            <Toggle
              checked={isFetching}
              onChange={event => setFetching(event.detail.checked)}
              description="For local development and pipelines. Every look at a secret is in the audit log."
            >
              Secrets of environment objects may be read back
            </Toggle>
            <FormField label="Id">
              <Copied value={organization.id} label="Id of the Organization" />
            </FormField>
            {attempt.failure && <FailureNote title="That did not work" thrown={attempt.failure} />}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
