import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { told } from '~/api/ask';
import { api, type Schemas } from '~/api/client';
import { FailureNote, sentence } from '~/parts/FailureNote';
import { usePlaces } from '~/parts/grants/places';
import { roleName } from '~/parts/roles';
import { useAttempt } from '~/parts/useAttempt';
import { HolderField } from './HolderField';
import { type Holder, useHolders } from './holders';
import { usePermissions } from './usePermissions';

type Answer = Schemas['AccessExplanation'];

/** Why somebody may, or may not, do something here. */
export function Explain({ deployment }: { deployment: Schemas['Deployment'] }) {
  const { organizationId } = deployment;
  const holders = useHolders(organizationId);
  const attempt = useAttempt();
  const [who, setWho] = useState<Holder>();
  const [permission, setPermission] = useState('');
  const [dag, setDag] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const permissions = usePermissions();
  const resource = dag.trim() ? `${deployment.id}/dag/${dag.trim()}` : deployment.id;
  const forget = () => {
    setAnswer(undefined);
    attempt.clear();
  };
  const ask = async () => {
    const query = { subject: who!.id, permission, resource };
    setAnswer(
      await told(
        api.GET('/organizations/{organizationId}/authorization/explain', {
          params: { path: { organizationId }, query },
        }),
      ),
    );
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (who && permission && !attempt.isBusy) void attempt.run(ask);
      }}
    >
      <Container
        header={
          <Header variant="h2" description="Asks the control plane, which decides by the same rules.">
            Why may somebody do something?
          </Header>
        }
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <HolderField
              label="Who"
              holders={(holders.data ?? []).filter(each => each.is !== 'team')}
              value={who}
              onChange={each => {
                setWho(each);
                forget();
              }}
            />
            <FormField label="What">
              <Select
                options={permissions}
                selectedOption={permission ? { value: permission, label: permission } : null}
                onChange={event => {
                  setPermission(event.detail.selectedOption.value ?? '');
                  forget();
                }}
                placeholder="Choose a permission"
                filteringType="auto"
                filteringAriaLabel="Find a permission"
                expandToViewport
              />
            </FormField>
            <FormField label="On one DAG" info="(optional)">
              <Input
                value={dag}
                placeholder="DAG id"
                spellcheck={false}
                onChange={event => {
                  setDag(event.detail.value);
                  forget();
                }}
              />
            </FormField>
          </ColumnLayout>
          <Button disabled={!who || !permission} loading={attempt.isBusy}>
            Explain
          </Button>
          {attempt.failure && <FailureNote title="That could not be explained" thrown={attempt.failure} />}
          {answer && <Told answer={answer} who={who?.name ?? ''} />}
        </SpaceBetween>
      </Container>
    </form>
  );
}

function Told({ answer, who }: { answer: Answer; who: string }) {
  const placeOf = usePlaces();
  return (
    <Alert
      type={answer.isAllowed ? 'success' : 'info'}
      header={answer.isAllowed ? `${who} may do this` : `${who} may not do this`}
    >
      {sentence(answer.message)}
      {answer.reasons.length > 0 && (
        <ul>
          {answer.reasons.map(each => (
            <li key={[each.role, each.entityId, each.teamName].join('/')}>
              {roleName(each.role)} on {placeOf(each).name}
              {each.teamName && `, through the team ${each.teamName}`}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
