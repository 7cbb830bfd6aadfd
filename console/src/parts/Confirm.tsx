import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { FailureNote } from './FailureNote';

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
  onClose: () => void;
}

/** Asks once more before something that hurts. */
export function Confirm({ title, children, verb, typed, act, onClose }: Props) {
  const [word, setWord] = useState('');
  const [failure, setFailure] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
      onClose();
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
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
              loading={isBusy}
              disabled={typed !== undefined && word !== typed}
              onClick={() => void go()}
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
        {failure !== undefined && <FailureNote title="That did not work" thrown={failure} />}
      </SpaceBetween>
    </Modal>
  );
}
