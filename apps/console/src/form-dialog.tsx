import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface FormDialogProps {
  title: string;
  /** What the button that sends it says. */
  action: string;
  /** The mutation that it is for. */
  sending: { error: Error | null; isPending: boolean; mutate: () => void };
  /** Whether it can be sent as it is. */
  isComplete: boolean;
  /** The error is said beside the fields that it is about. */
  saysErrors?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Asks for what something new is made of. */
export function FormDialog({ title, action, sending, isComplete, saysErrors, onClose, children }: FormDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          sending.mutate();
        }}
      >
        <Stack gap="sm">
          {children}
          {sending.error && !saysErrors && <Problem error={sending.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={sending.isPending} disabled={!isComplete}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
