import type { Execution } from '@gantry/contracts/http/execution';
import { Button, Group, JsonInput, Modal, NativeSelect, Stack, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';

interface RestartDialogProps {
  execution: Execution;
  fromStep: number;
  onClose: () => void;
  onRestarted: (id: string) => void;
}

/** Runs a finished execution again from a step on, that step with other options if wished. */
export function RestartDialog({ execution, fromStep, onClose, onRestarted }: RestartDialogProps) {
  const { steps } = execution.pipeline;
  const optionsOf = (index: number) => JSON.stringify(steps[index]?.options ?? {}, null, 2);
  const [step, setStep] = useState(fromStep);
  const [current, setCurrent] = useState(false);
  const [options, setOptions] = useState(() => optionsOf(fromStep));
  const restart = useMutation({
    mutationFn: () =>
      api.executions.restart(execution.id, {
        fromStep: step,
        pipeline: current ? 'current' : 'original',
        ...(options === optionsOf(step) ? {} : { options: { [step]: JSON.parse(options) } }),
      }),
    onSuccess: ({ id }) => onRestarted(id),
  });
  return (
    <Modal opened onClose={onClose} title="Restart from a step" size="lg">
      <Stack gap="sm">
        <NativeSelect
          label="First step to run"
          description="The outputs of the steps before it are taken over."
          value={String(step)}
          onChange={(event) => {
            const next = Number(event.currentTarget.value);
            setStep(next);
            setOptions(optionsOf(next));
          }}
          data={steps.map(({ name, ref }, index) => ({ value: String(index), label: `${index + 1}. ${name ?? ref}` }))}
        />
        <JsonInput
          label="Options of this step"
          value={options}
          onChange={setOptions}
          validationError="This is no JSON."
          formatOnBlur
          autosize
          minRows={5}
          maxRows={16}
          classNames={{ input: 'mono' }}
        />
        {execution.assistantId !== null && (
          <Switch
            label="With the steps that the assistant has now"
            checked={current}
            onChange={(event) => setCurrent(event.currentTarget.checked)}
          />
        )}
        {restart.error && <Problem error={restart.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button loading={restart.isPending} disabled={!isJson(options)} onClick={() => restart.mutate()}>
            Restart
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
