import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useRef } from 'react';
import { ByHand, useCopy } from './Copied';

interface Props {
  title: string;
  /** What it is called: "API token", "link". */
  noun: string;
  secret: string;
  /** What to do with it, and until when it counts. */
  children: ReactNode;
  onClose: () => void;
}

/** A secret, told this once: to be copied before the dialog is closed. A click beside the dialog does not close it. */
export function ShownOnce({ title, noun, secret, children, onClose }: Props) {
  const shown = useRef<HTMLSpanElement>(null);
  const copy = useCopy(secret, shown);
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={event => event.detail.reason !== 'overlay' && onClose()}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="info">{children}</Alert>
        <div className="shown-once">
          <Box variant="code">
            <span data-secret ref={shown}>
              {secret}
            </span>
          </Box>
          <Button
            iconName={copy.isDone ? 'status-positive' : 'copy'}
            ariaLabel={copy.isDone ? `The ${noun} is copied` : `Copy the ${noun}`}
            onClick={copy.go}
          >
            {copy.isDone ? 'Copied' : 'Copy'}
          </Button>
        </div>
        {copy.isRefused && <ByHand />}
      </SpaceBetween>
    </Modal>
  );
}
