import type { AssistantTrial } from '@gantry/contracts/http/assistant-trial';
import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { type Draft, whatItHears } from './draft.ts';

/** What a check says of the schedules of the draft that it was of. */
interface Checked extends Pick<AssistantTrial, 'schedules'> {
  of: Draft;
}

interface SchedulesProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  readOnly: boolean;
  /** Of an earlier draft until this one is checked. */
  checked: Checked | undefined;
  errorOf: (field: string) => string | undefined;
}

/** When it runs by itself, with the next times as clocks in the zone of each schedule show them. */
export function Schedules({ draft, onChange, readOnly, checked, errorOf }: SchedulesProps) {
  const schedules = draft.schedules ?? [];
  const set = (next: typeof schedules) => onChange({ ...draft, schedules: next });
  return (
    <Stack gap={10}>
      {schedules.length > 0 && !draft.subscription?.trim() && (
        <Group className="quote" data-tone="wait" gap={10}>
          It runs on every event of {whatItHears(draft)} as well: its subscription is empty.
          {!readOnly && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => onChange({ ...draft, subscription: 'SCHEDULED' })}
            >
              Run by its schedules alone
            </Button>
          )}
        </Group>
      )}
      {schedules.map((schedule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a new one has no id yet.
        <div key={index}>
          <Group gap={8} align="flex-end">
            <TextInput
              size="xs"
              label="Second minute hour day month weekday"
              classNames={{ input: 'mono' }}
              value={schedule.cronExpression}
              readOnly={readOnly}
              error={errorOf(`.${index}.cronExpression`)}
              onChange={(event) =>
                set(schedules.with(index, { ...schedule, cronExpression: event.currentTarget.value }))
              }
            />
            <TextInput
              size="xs"
              label="Time zone"
              value={schedule.timeZone ?? ''}
              placeholder="UTC"
              readOnly={readOnly}
              error={errorOf(`.${index}.timeZone`)}
              onChange={(event) =>
                set(schedules.with(index, { ...schedule, timeZone: event.currentTarget.value || null }))
              }
            />
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove schedule ${index + 1}`}
                onClick={() => set(schedules.toSpliced(index, 1))}
              >
                <IconTrash size={15} />
              </ActionIcon>
            )}
          </Group>
          <p className="muted" style={{ margin: '4px 0 0' }}>
            Next: {inZone(slotsOf(schedule, checked), schedule.timeZone ?? 'UTC').join(' · ') || '–'}
          </p>
        </div>
      ))}
      {!readOnly && (
        <Button
          size="xs"
          variant="default"
          style={{ alignSelf: 'start' }}
          onClick={() => set([...schedules, { cronExpression: '0 0 2 * * *', timeZone: ownZone() }])}
        >
          Add a schedule
        </Button>
      )}
    </Stack>
  );
}

function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** When a schedule would fire next; nothing as long as its times are not checked. */
function slotsOf(
  { cronExpression, timeZone }: NonNullable<Draft['schedules']>[number],
  checked: Checked | undefined,
): readonly string[] {
  const place = checked?.of.schedules?.findIndex(
    (each) => each.cronExpression === cronExpression && each.timeZone === timeZone,
  );
  return checked?.schedules[place ?? -1]?.nextEvents ?? [];
}

/** With seconds where they tell slots apart. */
function inZone(slots: readonly string[], timeZone: string): string[] {
  const instants = slots.map((slot) => new Date(slot));
  const format: Intl.DateTimeFormatOptions = {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(instants.some((instant) => instant.getUTCSeconds() !== 0) ? { second: '2-digit' } : {}),
    timeZoneName: 'short',
  };
  try {
    const { format: shown } = new Intl.DateTimeFormat(undefined, format);
    return instants.map((instant) => shown(instant));
  } catch {
    return [...slots];
  }
}
