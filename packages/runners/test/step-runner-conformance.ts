import type { Json } from '@gantry/domain/json';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type RunLimits,
  StepEngine,
  type StepEngineOptions,
  type StepOrder,
  type StepRunners,
} from '../src/step-engine.ts';
import type { LogEntry, StepResult } from '../src/step-result.ts';

/** What the module of a task does; each kind has a module for each. */
export type Behaviour =
  /** Its output is `{ "hello": "world" }`. */
  | 'succeeds'
  /** Fails with the code PAGE_MISSING and the message "page 7 is missing". */
  | 'fails'
  /** Reports progress 1, ends at once when it is asked to stop, and else never. */
  | 'heeds-stop'
  /** Reports progress 1 and never ends, whatever it is asked. */
  | 'ignores-stop'
  /** Takes down what it runs in. */
  | 'crashes'
  /** The same, and leaves a program of an hour in a process group of its own, which has what it printed to still open. */
  | 'crashes-from-afar'
  /** Its output is a text of 600,000 characters; 500,000 bytes are allowed. */
  | 'gives-too-much'
  /** Its output is arrays in arrays, 20,000 deep, or as deep as its kind can write. */
  | 'gives-too-deep'
  /** Logs "entry 0" to "entry 4999" at info and succeeds. */
  | 'floods-the-log'
  /** Reports progress 0 to 4999 and succeeds. */
  | 'floods-progress'
  /** Succeeds; a moment later something of it fails where nobody catches it. */
  | 'leaves-an-error'
  /** Gives the checkpoint that it is given; without one it keeps `{ "page": 1 }`, then `{ "page": 2 }`, and fails. */
  | 'keeps-a-checkpoint'
  /** Emits an event without a type. */
  | 'emits-nonsense'
  /**
   * Its option `token` is a secret, if its kind can ask for secrets it asks for the same again. Logs it as it is, its first
   * ten and its other characters apart, and the base64 of `me:` and it; its output is a text with it.
   */
  | 'tells-a-secret';

/** What `tells-a-secret` is given. */
const SECRET = 'tok_5f1e7c9a2b3d4e6f';

export interface ConformingKind {
  /** A runner as it comes, not started. */
  runners: () => StepRunners;
  /** Null when a module of this kind cannot do that. */
  task: (behaviour: Behaviour) => StepOrder | null;
}

/** What every kind of module has to do: run it for each `StepRunner`, below the engine with which it will be used. */
export function stepRunnerConformance(name: string, kind: ConformingKind): void {
  const engines: StepEngine[] = [];

  async function engineOf(options: Partial<StepEngineOptions> = {}): Promise<StepEngine> {
    const logger = { info: () => {}, warn: () => {} };
    const runners = kind.runners();
    const engine = new StepEngine({ runners, slots: 2, graceMs: 100, maxOutputBytes: 500_000, logger, ...options });
    engines.push(engine);
    await engine.start();
    return engine;
  }

  const can = (behaviour: Behaviour) => it.skipIf(kind.task(behaviour) === null);

  function run(engine: StepEngine, behaviour: Behaviour, limits: RunLimits = {}): Promise<StepResult> {
    const task = kind.task(behaviour);
    if (task === null) throw new RangeError(`${name} has no module that ${behaviour}`);
    if (behaviour !== 'tells-a-secret') return engine.run(task, limits);
    const request = { ...task.request, options: { token: '${secrets.TOKEN}' } };
    return engine.run({ ...task, request }, limits);
  }

  /** Resolves once the step has said that it runs. */
  async function begun(engine: StepEngine, behaviour: Behaviour, limits: RunLimits = {}) {
    const said = Promise.withResolvers<void>();
    const result = run(engine, behaviour, { ...limits, onProgress: () => said.resolve() });
    await Promise.race([said.promise, result]);
    return { result };
  }

  const succeeded = (output: Json) => {
    const outputJson = JSON.stringify(output);
    return { outcome: 'succeeded', output, outputJson, at: expect.any(Number) };
  };

  describe(`${name} as a kind of module`, () => {
    afterEach(async () => {
      for (const engine of engines.splice(0)) await engine.close();
    });

    can('succeeds')('gives the output of a step that succeeds, one after another and at the same time', async () => {
      const engine = await engineOf();
      expect(await run(engine, 'succeeds')).toEqual(succeeded({ hello: 'world' }));
      const many = await Promise.all(Array.from({ length: 6 }, () => run(engine, 'succeeds')));
      for (const result of many) expect(result).toEqual(succeeded({ hello: 'world' }));
    });

    can('fails')('gives the code and message of a step that fails', async () => {
      expect(await run(await engineOf(), 'fails')).toMatchObject({
        outcome: 'failed',
        error: { code: 'PAGE_MISSING', message: 'page 7 is missing' },
      });
    });

    for (const behaviour of ['heeds-stop', 'ignores-stop'] as const) {
      can(behaviour)(`ends a step that ${behaviour}: at its timeout, and when it is cancelled`, async () => {
        const engine = await engineOf();
        expect(await run(engine, behaviour, { timeoutMs: 50 })).toMatchObject({
          outcome: 'timed-out',
          error: { code: 'STEP_TIMEOUT' },
        });
        const cancel = new AbortController();
        const { result } = await begun(engine, behaviour, { signal: cancel.signal });
        cancel.abort();
        const killed = behaviour === 'ignores-stop';
        expect(await result).toMatchObject({
          outcome: 'aborted',
          error: { code: 'STEP_ABORTED', message: killed ? expect.stringContaining('was killed') : expect.any(String) },
        });
        expect(await run(engine, 'succeeds')).toMatchObject({ outcome: 'succeeded' });
      });
    }

    can('heeds-stop')('is cancelled while it still starts', async () => {
      const engine = await engineOf();
      const cancel = new AbortController();
      const result = run(engine, 'heeds-stop', { signal: cancel.signal });
      setImmediate(() => cancel.abort());
      expect(await result).toMatchObject({ outcome: 'aborted' });
    });

    can('crashes')('survives a step that takes down what it runs in, and so does the step beside it', async () => {
      const engine = await engineOf();
      const cancel = new AbortController();
      const { result: bystander } = await begun(engine, 'heeds-stop', { signal: cancel.signal });
      expect(await run(engine, 'crashes')).toMatchObject({ outcome: 'crashed', fresh: expect.any(Boolean) });
      expect(await run(engine, 'succeeds')).toMatchObject({ outcome: 'succeeded' });
      cancel.abort();
      expect(await bystander).toMatchObject({ outcome: 'aborted' });
    });

    can('crashes-from-afar')('hears of the end of a step that leaves a program behind', async () => {
      const engine = await engineOf();
      let left: number | undefined;
      const onLog = ({ message }: LogEntry) => {
        left = Number(message);
      };
      expect(await run(engine, 'crashes-from-afar', { onLog })).toMatchObject({ outcome: 'crashed' });
      await engine.close();
      if (left) process.kill(left, 'SIGKILL');
    });

    can('gives-too-deep')('refuses an output that is nested too deep', async () => {
      const engine = await engineOf();
      const result = await run(engine, 'gives-too-deep');
      expect(result).toMatchObject({ outcome: 'failed', error: { code: 'OUTPUT_NOT_JSON' } });
      expect(await run(engine, 'succeeds')).toMatchObject({ outcome: 'succeeded' });
    });

    can('gives-too-much')('refuses an output that is too large', async () => {
      const result = await run(await engineOf(), 'gives-too-much');
      expect(result).toMatchObject({ outcome: 'failed', error: { code: 'OUTPUT_TOO_LARGE' } });
    });

    can('floods-the-log')('keeps the head and the tail of a flood of log entries', async () => {
      const told: LogEntry[] = [];
      await run(await engineOf(), 'floods-the-log', { onLog: (entry) => told.push(entry) });
      // A flood that goes on for long tells on the way how much is held back; the remark takes the place of that.
      const entries = told.filter(({ standsFor }) => standsFor !== 'held');
      expect(entries).toHaveLength(1_001);
      expect(entries[0]).toMatchObject({ level: 'info', message: 'entry 0' });
      expect(entries[500]?.message).toContain('4000 log entries are missing here');
      expect(entries.at(-1)).toMatchObject({ message: 'entry 4999' });
    });

    can('floods-progress')('passes on the last of a flood of progress', async () => {
      const done: number[] = [];
      await run(await engineOf(), 'floods-progress', { onProgress: (progress) => done.push(progress.done) });
      expect(done.length).toBeLessThan(1_000);
      expect(done.at(-1)).toBe(4_999);
    });

    can('keeps-a-checkpoint')('tells how far a step came, and the next attempt of it is given that', async () => {
      const engine = await engineOf();
      const kept: Json[] = [];
      const task = kind.task('keeps-a-checkpoint');
      if (task === null) return;
      const failed = await engine.run(task, { onCheckpoint: (checkpoint) => kept.push(checkpoint) });
      expect(failed).toMatchObject({ outcome: 'failed' });
      expect(kept.at(-1)).toEqual({ page: 2 });
      const next = { ...task, request: { ...task.request, attempt: 2, checkpoint: { page: 2 } } };
      expect(await engine.run(next)).toEqual(succeeded({ page: 2 }));
    });

    can('emits-nonsense')('fails a step that emits what is no event', async () => {
      const onEmit = () => expect.unreachable('it was passed on');
      const result = await run(await engineOf(), 'emits-nonsense', { onEmit });
      expect(result).toMatchObject({ outcome: 'failed', error: { code: 'EVENT_INVALID' } });
    });

    can('tells-a-secret')('masks the secrets of a step, also in parts and in base64', async () => {
      const entries: LogEntry[] = [];
      const engine = await engineOf({ secrets: async (name) => (name === 'TOKEN' ? SECRET : undefined) });
      const result = await run(engine, 'tells-a-secret', { onLog: (entry) => entries.push(entry) });
      expect(result).toMatchObject({ outcome: 'succeeded', output: expect.stringContaining('***') });
      expect(entries.map(({ message }) => message)).toEqual([
        expect.stringContaining('***'),
        expect.stringContaining('***'),
        expect.stringContaining('***'),
        expect.stringContaining('***'),
      ]);
      const told = JSON.stringify([entries, result]);
      const encoded = Buffer.from(`me:${SECRET}`).toString('base64').slice(4);
      for (const hidden of [SECRET, encoded]) {
        for (let at = 0; at + 8 <= hidden.length; at++) expect(told).not.toContain(hidden.slice(at, at + 8));
      }
    });

    can('leaves-an-error')('does not take a stray error for one of the next step', async () => {
      const engine = await engineOf({ slots: 1 });
      expect(await run(engine, 'leaves-an-error')).toMatchObject({ outcome: 'succeeded' });
      for (let round = 0; round < 5; round++) {
        expect(await run(engine, 'succeeds')).toMatchObject({ outcome: 'succeeded' });
      }
    });

    can('ignores-stop')('ends what runs and what waits when it is closed', async () => {
      const engine = await engineOf({ slots: 1 });
      const { result: running } = await begun(engine, 'ignores-stop');
      const waiting = run(engine, 'succeeds');
      await engine.close();
      for (const result of [running, waiting, run(engine, 'succeeds')]) {
        expect(await result).toMatchObject({ outcome: 'aborted', error: { message: 'The worker is shutting down' } });
      }
    });
  });
}
