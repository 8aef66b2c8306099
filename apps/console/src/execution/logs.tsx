import type { Execution } from '@gantry/contracts/http/execution';
import type { ExecutionLog } from '@gantry/contracts/http/execution-log';
import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Instant } from '../instant.tsx';
import { UNFINISHED } from '../status.tsx';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const satisfies ExecutionLog['level'][];

const TONES = { DEBUG: 'off', INFO: 'off', WARN: 'wait', ERROR: 'bad' } as const;

const MAX_SHOWN = 2_000;
const FOLLOW_MS = 2_000;

/** What the steps logged: from a level on, searched, followed while it runs, to take away. */
export function Logs({ execution }: { execution: Execution }) {
  const [level, setLevel] = useState<ExecutionLog['level']>('DEBUG');
  const [search, setSearch] = useState('');
  const { data: lines = [] } = useQuery({
    queryKey: ['execution', execution.id, 'logs'],
    queryFn: async ({ signal }) => {
      const read: ExecutionLog[] = [];
      for await (const line of api.executions.logs(execution.id, { signal })) {
        read.push(line);
        if (read.length === MAX_SHOWN) break;
      }
      return read;
    },
    refetchInterval: UNFINISHED.includes(execution.status) ? FOLLOW_MS : false,
  });
  const wanted = search.toLowerCase();
  const shown = lines.filter(
    (line) => LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) && line.entry.toLowerCase().includes(wanted),
  );
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
        <span className="grow" />
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={`${execution.id}.log`}
        >
          Download
        </Button>
      </Group>
      <div className="panel-body mono" style={{ maxHeight: 420, overflow: 'auto', paddingTop: 0 }}>
        {shown.length === 0 && <span className="muted">Nothing was logged{lines.length > 0 && ' that matches'}.</span>}
        {shown.map((line) => (
          <div key={line.id} className="log-line" data-tone={TONES[line.level]}>
            <span className="muted">
              <Instant at={line.logDate} />
            </span>
            <span className="toned">{line.level}</span>
            <span>{line.entry}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
