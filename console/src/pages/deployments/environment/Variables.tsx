import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { FailureNote } from '~/parts/FailureNote';
import { useAttempt } from '~/parts/useAttempt';
import { unchanged } from '../unchanged';
import { asked, pasted, type Row, rowsOf } from './rows';

const NEW: Row = { key: '', value: '', isSecret: false, known: false };

/** The variables of the Deployment's own, all in one form: what is saved is what stands here. */
export function Variables({ deployment }: { deployment: Schemas['Deployment'] }) {
  const attempt = useAttempt();
  // what somebody has begun to type is theirs, whatever the Deployment becomes meanwhile
  const [draft, setDraft] = useState<Row[]>();
  const rows = draft ?? rowsOf(deployment);
  const change = (at: number, with_: Partial<Row>) =>
    setDraft(rows.map((each, index) => (index === at ? { ...each, ...with_ } : each)));
  const typeKey = (at: number, text: string) => {
    // a whole .env file can be pasted into the field of a key
    const found = text.includes('=') ? pasted(text) : [];
    if (found.length === 0) return change(at, { key: text });
    setDraft([...rows.slice(0, at), ...found, ...rows.slice(at + 1)]);
  };
  const wrong = (at: number, name: string) => attempt.failure?.field(`environmentVariables.${at}.${name}`);
  const save = async () => {
    const { organizationId, id: deploymentId } = deployment;
    const body = { ...unchanged(deployment), environmentVariables: asked(rows) };
    const sent = () =>
      told(
        api.POST('/organizations/{organizationId}/deployments/{deploymentId}', {
          params: { path: { organizationId, deploymentId } },
          body,
        }),
      );
    if (await attempt.run(sent, 'The environment variables are saved; workers change over as their tasks end.'))
      setDraft(undefined);
  };
  const discard = () => {
    setDraft(undefined);
    attempt.clear();
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (draft && !attempt.isBusy) void save();
      }}
    >
      <Form
        actions={
          draft && (
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={discard}>
                Discard changes
              </Button>
              <Button variant="primary" loading={attempt.isBusy}>
                Save
              </Button>
            </SpaceBetween>
          )
        }
      >
        <Container
          header={
            <Header
              variant="h2"
              counter={`(${rows.length})`}
              description="For this Deployment alone, over objects of the same key. After a change Airflow starts anew, and each worker once its tasks have ended."
            >
              Environment variables
            </Header>
          }
        >
          <SpaceBetween size="m">
            <AttributeEditor
              items={rows}
              addButtonText="Add a variable"
              removeButtonText="Remove"
              removeButtonAriaLabel={each => `Remove ${each.key || 'the variable'}`}
              empty={<Box color="text-body-secondary">No variable is set.</Box>}
              onAddButtonClick={() => setDraft([...rows, NEW])}
              onRemoveButtonClick={event => setDraft(rows.filter((_, at) => at !== event.detail.itemIndex))}
              gridLayout={[
                { rows: [[4, 5, 3]], breakpoint: 's', removeButton: { width: 'auto' } },
                { rows: [[1], [1], [1]], removeButton: { ownRow: true } },
              ]}
              definition={[
                {
                  label: 'Key',
                  control: (each, at) => (
                    <Input
                      value={each.key}
                      ariaLabel={`Key of variable ${at + 1}`}
                      placeholder="STAGE"
                      spellcheck={false}
                      autoComplete={false}
                      onChange={event => typeKey(at, event.detail.value)}
                    />
                  ),
                  errorText: (_, at) => wrong(at, 'key'),
                },
                {
                  label: 'Value',
                  control: (each, at) => (
                    <Input
                      value={each.value}
                      type={each.isSecret ? 'password' : 'text'}
                      autoComplete={each.isSecret ? 'new-password' : 'off'}
                      ariaLabel={`Value of ${each.key || `variable ${at + 1}`}`}
                      placeholder={each.known && each.isSecret ? 'Set; leave empty to keep it' : ''}
                      spellcheck={false}
                      onChange={event => change(at, { value: event.detail.value })}
                    />
                  ),
                  errorText: (_, at) => wrong(at, 'value'),
                },
                {
                  label: 'Secret',
                  control: (each, at) => (
                    <Checkbox
                      checked={each.isSecret}
                      onChange={event => change(at, { isSecret: event.detail.checked })}
                      ariaLabel={`${each.key || `Variable ${at + 1}`} is a secret`}
                    >
                      Never shown
                    </Checkbox>
                  ),
                  errorText: (_, at) => wrong(at, 'isSecret'),
                },
              ]}
            />
            {attempt.failure && <FailureNote title="The variables could not be saved" thrown={attempt.failure} />}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
