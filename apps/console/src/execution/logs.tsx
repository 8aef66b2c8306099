import type { Execution } from '@gantry/contracts/http/execution';
import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import { Button, Group, NativeSelect, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { type UIEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { utcText } from '../instant.tsx';
import { Problem } from '../problem.tsx';
import { MaybeOld } from '../read.tsx';
import { UNFINISHED } from '../status.tsx';
import { stepName } from '../step-name.ts';
import { useLogLines } from './log-lines.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const satisfies ExecutionLog['level'][];

const TONES = { DEBUG: 'off', INFO: 'off', WARN: 'wait', ERROR: 'bad' } as const;

/** So near to the end is at the end. */
const END_PIXELS = 24;

interface LogsProps {
  execution: Execution;
  /** Of the step, counted from 0, that a line is of. */
  onChoose: (step: number) => void;
}

/** What the steps logged: from a level on, searched, followed while it runs, to take away. */
export function Logs({ execution, onChoose }: LogsProps) {
  const { steps } = execution.pipeline;
  const [step, setStep] = useState('');
  const [level, setLevel] = useState<ExecutionLog['level']>('DEBUG');
  const [search, setSearch] = useState('');
  const running = UNFINISHED.includes(execution.status);
  const [follow, setFollow] = useState(running);
  const box = useRef<HTMLElement>(null);
  /** Who scrolled up reads on there, whatever comes. */
  const atEnd = useRef(true);
  /** The height of the lines before earlier ones were asked for. */
  const heightBefore = useRef<number>(undefined);
  const { lines, earlier, isBegun, error, readAgain, showEarlier, isReading } = useLogLines(execution.id, {
    running,
    follow,
  });
  const wanted = search.toLowerCase();
  const shown = lines.filter(
    (line) =>
      (step === '' || line.stepId === step) &&
      LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) &&
      line.entry.toLowerCase().includes(wanted),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes to the end when lines have come.
  useEffect(() => {
    if (follow && running && atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [follow, running, lines]);
  // Whoever asks for earlier lines stays where they come in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves when earlier lines have come.
  useLayoutEffect(() => {
    if (!box.current || heightBefore.current === undefined) return;
    box.current.scrollTop += box.current.scrollHeight - heightBefore.current;
    heightBefore.current = undefined;
  }, [lines[0]?.id]);
  const askEarlier =
    showEarlier &&
    (() => {
      heightBefore.current = box.current?.scrollHeight;
      showEarlier();
    });
  const noteEnd = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent) => {
    atEnd.current = scrollHeight - scrollTop - clientHeight < END_PIXELS;
  };
  const text = shown.map(({ logDate, level: of, entry }) => `${logDate} ${of} ${entry}`).join('\n');
  return (
    <section className="panel" aria-label="Logs">
      <Group className="panel-body" gap="xs">
        <h2 style={{ margin: 0 }}>Logs</h2>
        <SegmentedControl
          size="xs"
          aria-label="Least level"
          value={level}
          onChange={(next) => setLevel(LEVELS.find((each) => each === next) ?? 'DEBUG')}
          data={[...LEVELS]}
        />
        <TextInput
          size="xs"
          aria-label="Search the logs"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {steps.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Of which step"
            value={step}
            onChange={(event) => setStep(event.currentTarget.value)}
            data={[
              { value: '', label: 'All steps' },
              ...steps.map((each, index) => ({ value: each.id, label: `${index + 1}. ${stepName(each)}` })),
            ]}
          />
        )}
        {running && (
          <Switch
            size="xs"
            label="Follow"
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        )}
        <span className="grow" />
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          title="The lines that are shown"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={`${execution.id}.log`}
        >
          Download
        </Button>
      </Group>
      {isBegun && <MaybeOld error={error} onRetry={readAgain} />}
      {!isBegun && error !== null && <Problem error={error} onRetry={readAgain} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section ref={box} className="panel-body mono log-box" tabIndex={0} aria-label="Lines" onScroll={noteEnd}>
        {earlier > 0 && (
          <p className="muted">
            {earlier === 1 ? 'An earlier line is' : `${earlier.toLocaleString()} earlier lines are`} not shown.{' '}
            {askEarlier ? (
              <button type="button" className="text-link link" disabled={isReading} onClick={askEarlier}>
                Show earlier lines
              </button>
            ) : (
              <>All of them: gantry logs {execution.id}</>
            )}
          </p>
        )}
        {isBegun && shown.length === 0 && <span className="muted">{nothing(lines.length, earlier)}</span>}
        {shown.map((line) => (
          <div key={line.id} className="log-line" data-tone={TONES[line.level]}>
            <ClockTime at={line.logDate} />
            <span className="toned">{line.level}</span>
            <StepLink number={steps.findIndex(({ id }) => id === line.stepId)} onChoose={onChoose} />
            <span>{line.entry}</span>
          </div>
        ))}
      </section>
    </section>
  );
}

function nothing(lines: number, earlier: number): string {
  if (lines === 0) return 'Nothing was logged.';
  return earlier === 0 ? 'Nothing was logged that matches.' : 'None of the lines that are read matches.';
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** Lines follow each other closely: the clock to the millisecond, the day on hover. */
function ClockTime({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time className="muted" dateTime={at} title={`${date.toLocaleString()}\n${utcText(at)}`}>
      {clock.format(date)}
    </time>
  );
}

function StepLink({ number, onChoose }: { number: number; onChoose: LogsProps['onChoose'] }) {
  if (number === -1) return <span />;
  return (
    <button type="button" className="text-link" title="Look at the step" onClick={() => onChoose(number)}>
      step {number + 1}
    </button>
  );
}
