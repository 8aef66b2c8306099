import type { Execution } from '@gantry/contracts/http/execution';
import { Button, Group, Modal, NativeSelect, Stack, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { StepOptions } from '../modules/step-options.tsx';
import { Problem } from '../problem.tsx';
import { stepName } from '../step-name.ts';
import { Advice } from './advice.tsx';
import { isOfModule, MendedElsewhere } from './mended-elsewhere.tsx';

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
  const [picked, setPicked] = useState<boolean>();
  const [changed, setChanged] = useState<Execution['context']>();
  const assistant = useAssistants().get(execution.assistantId ?? '');
  const chosen = steps[step];
  // What could not even be planned failed at no step.
  const failure = steps.some(({ exceptionDetails }) => exceptionDetails)
    ? chosen?.exceptionDetails
    : execution.exceptionDetails;
  const ofModule = isOfModule(failure);
  const current = picked ?? (ofModule && assistant !== undefined);
  const restart = useMutation({
    mutationFn: () =>
      api.executions.restart(execution.id, {
        fromStep: step,
        pipeline: current ? 'current' : 'original',
        ...(changed === undefined ? {} : { options: { [step]: changed } }),
      }),
    onSuccess: ({ id }) => onRestarted(id),
  });
  return (
    <Modal opened onClose={onClose} title="Restart from a step" size="lg">
      <Stack gap="sm">
        <NativeSelect
          label="First step to run"
          description={step > 0 && 'The outputs of the steps before it are taken over; they do not run again.'}
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
              setPicked(event.currentTarget.checked);
              setChanged(undefined);
            }}
          />
        )}
        {failure && (
          <div data-tone="bad" className="quote">
            <span className="toned">{failure.message}</span>
            <Advice details={failure} />
          </div>
        )}
        {ofModule && <MendedElsewhere assistant={assistant} />}
        {chosen && !current && !ofModule && (
          <StepOptions
            key={step}
            stepRef={chosen.ref}
            value={changed ?? chosen.options}
            onChange={setChanged}
            failure={changed === undefined ? (failure ?? null) : null}
          />
        )}
        {restart.error && <Problem error={restart.error} />}
        <Group justify="flex-end" gap="xs">
          {execution.assistantId !== null && !ofModule && (
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
