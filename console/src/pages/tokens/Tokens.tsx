import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTokens } from '~/api/lists';
import { Page } from '~/parts/Page';
import { CreateToken } from './CreateToken';
import { lifeOf, SCOPES, type Token } from './token';
import { TokenTable } from './TokenTable';

const EVERY = { value: '', label: 'All scopes' };
const CHOICES = [EVERY, ...Object.entries(SCOPES).map(([value, label]) => ({ value, label }))];

export function Tokens() {
  const tokens = useTokens();
  const navigate = useNavigate();
  const { scope = '' } = useSearch({ strict: false }) as { scope?: string };
  const [isMaking, setMaking] = useState(false);
  const create = (variant: 'primary' | 'normal', words: string) => (
    <Button variant={variant} onClick={() => setMaking(true)}>
      {words}
    </Button>
  );
  return (
    <Page
      title="API tokens"
      description="What programs show instead of signing in: pipelines, scripts, other services."
      actions={create('primary', 'Create token')}
    >
      <Endings tokens={tokens.data ?? []} />
      <TokenTable
        rows={{ ...tokens, data: tokens.data?.filter(each => !scope || each.scope === scope) }}
        empty={
          scope
            ? { words: `No token of the scope ${SCOPES[scope as Token['scope']] ?? scope}.` }
            : { words: 'No token yet.', action: create('normal', 'Create the first one') }
        }
        actions={
          <Select
            options={CHOICES}
            selectedOption={CHOICES.find(each => each.value === scope) ?? EVERY}
            onChange={event =>
              void navigate({
                to: '.',
                search: { scope: event.detail.selectedOption.value || undefined } as never,
                replace: true,
              })
            }
            ariaLabel="Scope of the tokens"
            expandToViewport
          />
        }
      />
      {isMaking && <CreateToken onClose={() => setMaking(false)} />}
    </Page>
  );
}

/** Says which tokens end soon, before what uses them is refused. */
function Endings({ tokens }: { tokens: Token[] }) {
  const soon = tokens.filter(each => lifeOf(each) === 'soon').map(each => each.name);
  if (soon.length === 0) return null;
  const one = soon.length === 1;
  return (
    <Alert type="warning" header={one ? 'A token ends within two weeks' : `${soon.length} tokens end within two weeks`}>
      {`${soon.slice(0, 5).join(', ')}${soon.length > 5 ? ' and others' : ''}: rotate ${one ? 'it' : 'them'}, and give the new secret to what uses ${one ? 'it' : 'them'}.`}
    </Alert>
  );
}
