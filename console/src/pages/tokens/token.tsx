import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '~/api/client';
import { Time } from '~/parts/Time';

export type Token = Schemas['ApiToken'];

export const SCOPES: Record<Token['scope'], string> = {
  ORGANIZATION: 'Organization',
  WORKSPACE: 'Workspace',
  DEPLOYMENT: 'Deployment',
};

const DAY = 86_400_000;
const SOON_DAYS = 14;
const FOREVER_DAYS = 5 * 365;

/** Where a token stands in its life. The API gives an end to all; one far away was never asked for. */
export function lifeOf(token: Pick<Token, 'endAt' | 'expiryPeriodInDays'>, now = Date.now()) {
  const days = (Date.parse(token.endAt) - now) / DAY;
  if (days <= 0) return 'over';
  if (days <= SOON_DAYS) return 'soon';
  return token.expiryPeriodInDays === null && days > FOREVER_DAYS ? 'lasting' : 'good';
}

/** When a token ends, with a warning when it is near. */
export function Ending({ of: token }: { of: Token }) {
  const life = lifeOf(token);
  if (life === 'over')
    return (
      <StatusIndicator type="error">
        Ended <Time at={token.endAt} />
      </StatusIndicator>
    );
  if (life === 'soon')
    return (
      <StatusIndicator type="warning">
        Ends <Time at={token.endAt} />
      </StatusIndicator>
    );
  if (life === 'lasting') return <>No end</>;
  return <Time at={token.endAt} />;
}

/** The role where the token is at home, which it always keeps. */
export const homeRole = (token: Token) => token.roles.find(each => each.entityType === token.scope);
