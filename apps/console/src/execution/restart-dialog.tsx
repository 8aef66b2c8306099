import type { Execution } from '@gantry/contracts/http/execution';
import { Button, Group, Modal, NativeSelect, Stack, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { StepOptions } from '../modules/step-options.tsx';
import { Problem } from '../problem.tsx';
import { stepName } from '../step-name.ts';
import { Advice } from './advice.tsx';

interface RestartDialogProps {
  execution: Execution;
  fromStep: number;
  onClose: () => void;
  onRestarted: (id: string) => void;
}

/** Runs a finished execution again from a step on, that step with other options if wished. */
export function RestartDialog({ execution, fromStep, onClose, onRestarted }: RestartDialogProps) {
  const { steps } = execution.pipeline;
  const [step, setStep] = useState(fromStep);
  const [current, setCurrent] = useState(false);
  const [changed, setChanged] = useState<Execution['context']>();
  const restart = useMutation({
    mutationFn: () =>
      api.executions.restart(execution.id, {
        fromStep: step,
        pipeline: current ? 'current' : 'original',
        ...(changed === undefined ? {} : { options: { [step]: changed } }),
      }),
    onSuccess: ({ id }) => onRestarted(id),
  });
  const chosen = steps[step];
  return (
    <Modal opened onClose={onClose} title="Restart from a step" size="lg">
      <Stack gap="sm">
        <NativeSelect
          label="First step to run"
          description="The outputs of the steps before it are taken over; they do not run again."
          value={String(step)}
          onChange={(event) => {
            setStep(Number(event.currentTarget.value));
            setChanged(undefined);
          }}
          data={steps.map((each, index) => ({
            value: String(index),
            label: `${index + 1}. ${stepName(each)}${each.status === 'FAILED' ? ' (failed)' : ''}`,
          }))}
        />
        {execution.assistantId !== null && (
          <Switch
            label="With the steps and options that the assistant has now"
            checked={current}
            onChange={(event) => {
              setCurrent(event.currentTarget.checked);
              setChanged(undefined);
            }}
          />
        )}
        {chosen?.exceptionDetails && (
          <div data-tone="bad" className="quote">
            <span className="toned">{chosen.exceptionDetails.message}</span>
            <Advice details={chosen.exceptionDetails} />
          </div>
        )}
        {chosen && !current && (
          <StepOptions
            key={step}
            stepRef={chosen.ref}
            value={changed ?? chosen.options}
            onChange={setChanged}
            failure={changed === undefined ? chosen.exceptionDetails : null}
          />
        )}
        {restart.error && <Problem error={restart.error} />}
        <Group justify="flex-end" gap="xs">
          {execution.assistantId !== null && (
            <Link to="/assistants/$id" params={{ id: execution.assistantId }} className="link">
              Mend it for all: edit the assistant
            </Link>
          )}
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button loading={restart.isPending} onClick={() => restart.mutate()}>
            Restart
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
