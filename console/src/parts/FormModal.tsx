import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { FailureNote } from './FailureNote';
import type { Attempt } from './useAttempt';

interface Props {
  title: string;
  verb: string;
  attempt: Attempt;
  onSubmit: () => void;
  onClose: () => void;
  disabled?: boolean;
  size?: ModalProps.Size;
  children: ReactNode;
}

/** A small form over the page. Enter submits it; what was typed stays when the API refuses it. */
export function FormModal({ title, verb, attempt, onSubmit, onClose, disabled, size, children }: Props) {
  return (
    <Modal visible header={title} onDismiss={onClose} closeAriaLabel="Close" size={size}>
      <form
        onSubmit={event => {
          event.preventDefault();
          if (!disabled && !attempt.isBusy) onSubmit();
        }}
      >
        <Form
          actions={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" formAction="none" onClick={onClose}>
                  Cancel
                </Button>
                <Button variant="primary" loading={attempt.isBusy} disabled={disabled}>
                  {verb}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <SpaceBetween size="m">
            {children}
            {attempt.failure && <FailureNote title="That did not work" thrown={attempt.failure} />}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
