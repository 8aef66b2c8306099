import type { Alert } from '@gantry/contracts/http/alert';
import { Group, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queries } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { FormDialog } from '../form-dialog.tsx';
import { type Condition, KINDS } from './condition.ts';

const AT_FIRST: Readonly<Record<Condition['kind'], Condition>> = {
  'assistant-failing': { kind: 'assistant-failing', failures: 10, minutes: 15 },
  'nothing-succeeded': { kind: 'nothing-succeeded', minutes: 60 },
  waiting: { kind: 'waiting', seconds: 300 },
  'no-workers': { kind: 'no-workers', minutes: 1 },
};
const kinds = Object.keys(AT_FIRST) as Condition['kind'][];

interface AlertFormProps {
  /** The one that is changed; none: a new one. */
  alert: Alert | undefined;
  onClose: () => void;
}

/** What is watched from now on. */
export function AlertForm({ alert, onClose }: AlertFormProps) {
  const [name, setName] = useState(alert?.name ?? '');
  const [condition, setCondition] = useState<Condition>(alert?.condition ?? AT_FIRST['assistant-failing']);
  const [assistant, setAssistant] = useState('');
  const assistants = useAssistants();
  const ofAssistants = condition.kind === 'assistant-failing' || condition.kind === 'nothing-succeeded';
  const save = useMutation({
    mutationFn: () =>
      alert === undefined
        ? api.alerts.create({ name, condition, assistantId: ofAssistants && assistant !== '' ? assistant : null })
        : api.alerts.update(alert.id, { name, condition, changeSequence: alert.changeSequence }),
    onSuccess: () => {
      onClose();
      return queries.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  return (
    <FormDialog
      title={alert === undefined ? 'New alert' : alert.name}
      action="Watch"
      sending={save}
      isComplete={name !== ''}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        placeholder="Invoices fail"
        data-autofocus
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label="When"
        data={kinds.map((kind) => ({ value: kind, label: KINDS[kind] }))}
        value={condition.kind}
        onChange={(event) => {
          const kind = kinds.find((each) => each === event.currentTarget.value);
          if (kind !== undefined) setCondition(AT_FIRST[kind]);
        }}
      />
      <Group grow>
        {condition.kind === 'assistant-failing' && (
          <NumberInput
            label="Failures, more than"
            min={0}
            value={condition.failures}
            onChange={(failures) => setCondition({ ...condition, failures: Number(failures) })}
          />
        )}
        {condition.kind === 'waiting' ? (
          <NumberInput
            label="Seconds"
            min={1}
            value={condition.seconds}
            onChange={(seconds) => setCondition({ ...condition, seconds: Number(seconds) })}
          />
        ) : (
          <NumberInput
            label="Minutes"
            min={1}
            max={1_440}
            value={condition.minutes ?? 1}
            onChange={(minutes) => setCondition({ ...condition, minutes: Number(minutes) })}
          />
        )}
      </Group>
      {/* Of which assistant stays: another one's is another alert. */}
      {ofAssistants && alert === undefined && (
        <NativeSelect
          label="Of"
          data={[
            { value: '', label: 'every assistant' },
            ...[...assistants.values()].map(({ id, name: label }) => ({ value: id, label })),
          ]}
          value={assistant}
          onChange={(event) => setAssistant(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
