import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Session } from '~/api/session';
import { sentence } from '~/parts/FailureNote';
import { Alone } from './Alone';

export function SignIn({ session, why }: { session: Session; why?: string }) {
  const [isLeaving, setLeaving] = useState(false);
  const leave = () => {
    setLeaving(true);
    void session.begin(location.pathname + location.search + location.hash);
  };
  return (
    <Alone>
      <SpaceBetween size="l">
        <div className="alone-name">
          <img src="/mark.svg" alt="" width="56" height="56" />
          <Box variant="h1">Orrery</Box>
          <Box color="text-body-secondary">Managed Apache Airflow in your own account.</Box>
        </div>
        {why && (
          <Alert type="error" header="You are not signed in">
            {sentence(why)}
          </Alert>
        )}
        <Button variant="primary" fullWidth loading={isLeaving} onClick={leave}>
          Sign in
        </Button>
        <Box variant="small" color="text-body-secondary" textAlign="center">
          Your Organization’s identity provider asks who you are. New here? Ask an owner to invite you.
        </Box>
      </SpaceBetween>
    </Alone>
  );
}
