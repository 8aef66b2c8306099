import { ActionIcon, Autocomplete, Button, Group, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { moduleKey, useModules } from '../modules/option-field.ts';
import { StepOptions } from '../modules/step-options.tsx';
import type { DraftStep } from './draft.ts';

interface StepsFormProps {
  steps: readonly DraftStep[];
  onChange: (steps: readonly DraftStep[]) => void;
  readOnly: boolean;
  /** What the api says of a field of a step, such as `.0.conditional`. */
  errorOf: (field: string) => string | undefined;
}

/** The pipeline: which modules run in which order, on what condition, with which options. */
export function StepsForm({ steps, onChange, readOnly, errorOf }: StepsFormProps) {
  const modules = useModules();
  const set = (index: number, step: DraftStep) => onChange(steps.with(index, step));
  const move = (from: number, to: number) => {
    const moved = steps[from];
    if (moved !== undefined) onChange(steps.toSpliced(from, 1).toSpliced(to, 0, moved));
  };
  return (
    <Stack gap={10}>
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name of its own; its module and place are that.
        <section key={`${index} ${step.ref}`} className="step-card" aria-label={`Step ${index + 1}`}>
          <Group gap={8} wrap="nowrap" align="flex-start">
            <strong className="step-number">{index + 1}</strong>
            <div className="form-grid grow">
              <Autocomplete
                size="xs"
                label="Module"
                value={step.ref}
                data={[...modules.values()].flatMap(({ ref, withdrawnOn }) => (withdrawnOn === null ? ref : []))}
                limit={20}
                readOnly={readOnly}
                error={errorOf(`.${index}.ref`)}
                description={modules.get(moduleKey(step.ref))?.name}
                onChange={(ref) => set(index, { ...step, ref })}
              />
              <TextInput
                size="xs"
                label="Name"
                value={step.name ?? ''}
                readOnly={readOnly}
                onChange={(event) => set(index, { ...step, name: event.currentTarget.value || null })}
              />
              <NumberInput
                size="xs"
                label="Attempts at most"
                min={1}
                max={100}
                placeholder="1"
                value={step.executionPolicy?.maxAttempts ?? ''}
                readOnly={readOnly}
                error={errorOf(`.${index}.executionPolicy.maxAttempts`)}
                onChange={(next) => {
                  const { maxAttempts: _, ...policy } = step.executionPolicy ?? {};
                  const executionPolicy = typeof next === 'number' ? { ...policy, maxAttempts: next } : policy;
                  set(index, { ...step, executionPolicy });
                }}
              />
            </div>
            {!readOnly && (
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Move step ${index + 1} up`}
                  disabled={index === 0}
                  onClick={() => move(index, index - 1)}
                >
                  <IconArrowUp size={15} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Move step ${index + 1} down`}
                  disabled={index === steps.length - 1}
                  onClick={() => move(index, index + 1)}
                >
                  <IconArrowDown size={15} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove step ${index + 1}`}
                  onClick={() => onChange(steps.toSpliced(index, 1))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            )}
          </Group>
          <Textarea
            size="xs"
            label="Only if"
            placeholder="context.eventType == 'CONTENT_CREATED' and metadata.get('pages', 0) > 1"
            classNames={{ input: 'mono' }}
            autosize
            minRows={1}
            value={step.conditional ?? ''}
            readOnly={readOnly}
            error={errorOf(`.${index}.conditional`)}
            onChange={(event) => set(index, { ...step, conditional: event.currentTarget.value || null })}
          />
          <StepOptions
            stepRef={step.ref}
            value={step.options ?? {}}
            readOnly={readOnly}
            onChange={(options) => set(index, { ...step, options })}
          />
        </section>
      ))}
      {!readOnly && (
        <Button
          size="xs"
          variant="default"
          style={{ alignSelf: 'start' }}
          onClick={() => onChange([...steps, { ref: 'module://gantry/' }])}
        >
          Add a step
        </Button>
      )}
    </Stack>
  );
}
