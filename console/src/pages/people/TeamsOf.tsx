import { Fragment } from 'react';
import { Go } from '~/parts/Go';
import { useMemberships } from './memberships';

/** The teams of one person, in a cell. */
export function TeamsOf({ userId }: { userId: string }) {
  const mine = useMemberships()?.get(userId);
  if (!mine) return <>–</>;
  return mine.map((each, at) => (
    <Fragment key={each.id}>
      {at > 0 && ', '}
      <Go to={`/teams/${each.id}`}>{each.name}</Go>
    </Fragment>
  ));
}
