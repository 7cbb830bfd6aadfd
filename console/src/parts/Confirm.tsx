import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { FailureNote } from './FailureNote';
import { useAttempt } from './useAttempt';

interface Props {
  title: string;
  /** What will happen, and what cannot be undone. */
  children: ReactNode;
  /** The button's word: "Delete", "Revoke". */
  verb: string;
  /** Has to be typed first, for what cannot be undone. */
  typed?: string;
  /** What is done; the dialog stays open, with the reason, when it fails. */
  act: () => Promise<unknown>;
  /** What is told when it worked. */
  done?: string;
  /** What follows when it worked, such as leaving the page of what is gone. */
  then?: () => unknown;
  onClose: () => void;
}

/** Asks once more before something that hurts. */
export function Confirm({ title, children, verb, typed, act, done, then, onClose }: Props) {
  const [word, setWord] = useState('');
  const attempt = useAttempt();
  const finish = async () => {
    await then?.();
    onClose();
  };
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={attempt.isBusy}
              disabled={typed !== undefined && word !== typed}
              onClick={() => void attempt.run(act, done, finish)}
            >
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">{children}</Alert>
        {typed !== undefined && (
          <FormField label={`Type ${typed} to go on`}>
            <Input
              value={word}
              onChange={event => setWord(event.detail.value)}
              autoFocus
              autoComplete={false}
              spellcheck={false}
            />
          </FormField>
        )}
        {attempt.failure && <FailureNote title="That did not work" thrown={attempt.failure} />}
      </SpaceBetween>
    </Modal>
  );
}
