import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Execution } from '@gantry/contracts/http/execution';
import { Button, Checkbox, Group, Modal, NativeSelect, SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { useAssistants } from '../assistant-names.ts';
import { Advice } from '../execution/advice.tsx';
import { isOfModule, MendedElsewhere } from '../execution/mended-elsewhere.tsx';
import { moduleKey } from '../modules/option-field.ts';
import { StepOptions } from '../modules/step-options.tsx';
import { Problem } from '../problem.tsx';
import { Loading } from '../read.tsx';
import { BulkProgress, useBulkOperation } from './bulk-progress.tsx';
import { COUNT_TO } from './counted.ts';
import { conditionsOf, type Stop, stopsOf } from './stops.ts';

/** Of the executions that are meant: from these it is seen where they stopped. */
const LOOKED_AT = 200;

/** More are chosen from a list. */
const MOST_CHIPS = 6;

interface RestartManyProps {
  /** Chooses the executions. */
  filter: string;
  onClose: (done: boolean) => void;
}

/** Lets many executions go on from the step at which each stopped, with an option mended if that is what it takes. */
export function RestartMany({ filter, onClose }: RestartManyProps) {
  const [chosen, setChosen] = useState(0);
  const [done, setDone] = useState(false);
  const assistants = useAssistants();
  const sample = useQuery({
    queryKey: ['restart-many', filter],
    queryFn: ({ signal }) =>
      api.executions.list({ filter, sort: 'createdOn,desc', pageSize: LOOKED_AT, countTo: COUNT_TO, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const stops = stopsOf(sample.data?.content ?? []);
  const stop = stops[chosen];
  // What was not looked at may have stopped elsewhere, where the options of this step would be wrong.
  const isAll = stops.length === 1 && sample.data?.nextCursor === null;
  const assistant = assistants.get(stop?.assistantId ?? '');
  const labelOf = ({ assistantId, step, executions }: Stop) =>
    `${assistants.get(assistantId ?? '')?.name ?? 'No assistant'}, step ${step + 1} (${executions.length})`;
  return (
    <Modal opened onClose={() => onClose(done)} title="Mend and restart" size="lg">
      {sample.error && <Problem error={sample.error} onRetry={() => void sample.refetch()} />}
      {sample.isPending && <Loading />}
      {sample.data?.empty && <p className="muted">None of them is left: they were restarted or deleted meanwhile.</p>}
      <Stack gap="sm">
        {stops.length > MOST_CHIPS && (
          <NativeSelect
            label="Which of them"
            value={String(chosen)}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
            data={stops.map((each, index) => ({ value: String(index), label: labelOf(each) }))}
          />
        )}
        {stops.length > 1 && stops.length <= MOST_CHIPS && (
          <div className="chips">
            {stops.map((each, index) => (
              <button
                key={`${each.assistantId} ${each.step} ${each.ref}`}
                type="button"
                className="chip"
                aria-pressed={index === chosen}
                onClick={() => setChosen(index)}
              >
                {labelOf(each)}
              </button>
            ))}
          </div>
        )}
        {stop && (
          <OneStop
            key={chosen}
            stop={stop}
            filter={isAll ? [filter] : [filter, ...conditionsOf(stop)]}
            total={sample.data?.totalElements ?? 0}
            assistant={assistant}
            onDone={() => setDone(true)}
            onClose={() => onClose(done)}
          />
        )}
      </Stack>
    </Modal>
  );
}

interface OneStopProps {
  stop: Stop;
  filter: readonly string[];
  /** How many were chosen, these among them. */
  total: number;
  assistant: Assistant | undefined;
  onDone: () => void;
  onClose: () => void;
}

function OneStop({ stop, filter, total, assistant, onDone, onClose }: OneStopProps) {
  const newest = stop.executions[0];
  const step = newest?.pipeline.steps[stop.step];
  const [changed, setChanged] = useState<Execution['context']>();
  const [picked, setPicked] = useState<'original' | 'current'>();
  const [forAll, setForAll] = useState(true);
  const mayEdit = useAllowed('assistants:write');
  const count = useQuery({
    queryKey: ['bulk-count', 'RESTART', filter],
    queryFn: ({ signal }) => api.bulkOperations.count('RESTART', filter, { signal }),
    gcTime: 0,
  });
  const failure = step?.exceptionDetails ?? newest?.exceptionDetails;
  const ofModule = isOfModule(failure);
  const source = picked ?? (ofModule && assistant ? 'current' : 'original');
  const isCurrent = source === 'current';
  const takesOptions = !isCurrent && !ofModule;
  const editable = mayEdit && assistant !== undefined && runsThere(assistant, stop);
  const { operation, run } = useBulkOperation(async () => {
    if (editable && forAll && changed && takesOptions) await changeAssistant(assistant, stop.step, changed);
    return api.bulkOperations.restart({
      filter: [...filter],
      pipeline: source,
      ...(changed === undefined || !takesOptions ? {} : { options: { [stop.step]: changed } }),
    });
  });
  const amount = count.data?.toLocaleString() ?? '';
  const left = count.data === undefined ? 0 : total - count.data;
  if (step === undefined) return null;
  return (
    <>
      <p style={{ margin: 0 }}>
        <strong>{amount}</strong> {count.data === 1 ? 'execution' : 'executions'}{' '}
        {assistant && <>of {assistant.name} </>}
        {count.data === 1 ? 'goes' : 'go'} on from step {stop.step + 1},{' '}
        <strong>{step.name ?? moduleKey(step.ref)}</strong>.
        {stop.step > 0 && ' What the steps before it gave is taken over.'}
      </p>
      {left > 0 && (
        <p className="muted" style={{ margin: 0 }}>
          {total > COUNT_TO ? 'More' : `${left.toLocaleString()} more`} of those chosen stopped elsewhere or for another
          reason: they stay as they are.
        </p>
      )}
      {failure && (
        <div data-tone="bad" className="quote">
          <span className="toned">{failure.message}</span>
          <Advice details={failure} />
        </div>
      )}
      {operation === undefined && (
        <>
          {ofModule && <MendedElsewhere assistant={assistant} many />}
          {assistant && (
            <SegmentedControl
              size="xs"
              aria-label="With which options"
              data={[
                { value: 'original', label: ofModule ? 'As they were' : 'The options below' },
                { value: 'current', label: 'As the assistant is now' },
              ]}
              value={source}
              onChange={(next) => setPicked(next === 'current' ? 'current' : 'original')}
            />
          )}
          {takesOptions && (
            <StepOptions
              stepRef={step.ref}
              value={changed ?? step.options}
              onChange={setChanged}
              failure={changed === undefined ? (failure ?? null) : null}
            />
          )}
          {takesOptions && editable && (
            <Checkbox
              size="xs"
              label={`Change it in ${assistant.name} too, for what comes`}
              checked={forAll}
              disabled={changed === undefined}
              onChange={(event) => setForAll(event.currentTarget.checked)}
            />
          )}
        </>
      )}
      {count.error && <Problem error={count.error} />}
      {operation && <BulkProgress operation={operation} />}
      {run.error && <Problem error={run.error} />}
      <Group justify="flex-end" gap="xs">
        {operation && (
          <Link
            to="/executions"
            search={{ filter: `reprocessOf is not null and createdOn ge '${operation.createdOn}'` }}
            className="link"
            onClick={onClose}
          >
            See how they go
          </Link>
        )}
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        {operation === undefined && (
          <Button
            disabled={!count.data}
            loading={run.isPending}
            onClick={() => run.mutate(undefined, { onSuccess: onDone })}
          >
            Restart {amount}
          </Button>
        )}
      </Group>
    </>
  );
}

/** Whether the step is still what it was, so that its options can be changed there too. */
function runsThere({ options }: Assistant, { step, ref }: Stop): boolean {
  const now = options.pipeline?.steps[step]?.ref;
  return now !== undefined && moduleKey(now) === moduleKey(ref);
}

/** @throws GantryError if somebody else changed it since it was read */
async function changeAssistant({ id }: Assistant, step: number, options: Execution['context']): Promise<void> {
  const { options: standing, changeSequence } = await api.assistants.get(id);
  const steps = standing.pipeline?.steps ?? [];
  const pipeline = {
    ...standing.pipeline,
    steps: steps.map((each, at) => (at === step ? { ...each, options } : each)),
  };
  await api.assistants.update(id, { options: { ...standing, pipeline }, changeSequence });
  await queries.invalidateQueries({ queryKey: ['assistant', id] });
}
