import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from './logger.ts';
import { periodic } from './periodic.ts';

/** A periodic service whose runs the test ends one by one. */
function controlled(everyMs = 1) {
  const begun: PromiseWithResolvers<void>[] = [];
  const waits = new Map<number, () => void>();
  let atOnce = 0;
  const lines: string[] = [];
  const service = periodic({
    ...{
      name: 'sweeper',
      everyMs,
      logger: createLogger({ name: 'test', level: 'info' }, { write: (line) => lines.push(line) }),
    },
    run: async () => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      const end = Promise.withResolvers<void>();
      begun.push(end);
      waits.get(begun.length)?.();
      await end.promise.finally(() => {
        atOnce -= 1;
      });
    },
  });
  onTestFinished(async () => {
    for (const { resolve } of begun) resolve();
    await service.stop();
  });
  return {
    service,
    begun,
    lines,
    /** Resolves once so many runs have begun. */
    hasBegun: (count: number) =>
      begun.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waits.set(count, resolve)),
  };
}

test('runs at once, and again after each run, never twice at the same time', async () => {
  const { service, begun, hasBegun } = controlled();
  expect(begun).toHaveLength(0);
  await service.start();
  expect(begun).toHaveLength(1);
  for (let count = 1; count < 5; count += 1) {
    begun[count - 1]?.resolve();
    await hasBegun(count + 1);
  }
});

test('starting it again changes nothing', async () => {
  const { service, begun } = controlled(60_000);
  await service.start();
  await service.start();
  begun[0]?.resolve();
  await new Promise(setImmediate);
  await service.start();
  expect(begun).toHaveLength(1);
});

test('woken, it runs without waiting, or once more after the run under way, however often it was woken', async () => {
  const { service, begun, hasBegun } = controlled(60_000);
  await service.start();
  service.wake();
  service.wake();
  begun[0]?.resolve();
  await hasBegun(2);
  begun[1]?.resolve();
  await new Promise(setImmediate);
  expect(begun).toHaveLength(2);
  service.wake();
  expect(begun).toHaveLength(3);
  begun[2]?.resolve();
  await service.stop();
  service.wake();
  expect(begun).toHaveLength(3);
});

test('a run that fails is followed by the next one; what goes wrong is logged once, and so is that it is over', async () => {
  const { service, begun, lines, hasBegun } = controlled();
  await service.start();
  for (const [index, reason] of ['no Redis', 'no Redis', 'no Postgres'].entries()) {
    begun[index]?.reject(new Error(reason));
    await hasBegun(index + 2);
  }
  begun[3]?.resolve();
  await hasBegun(5);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { service: 'sweeper', msg: 'a run failed', err: { message: 'no Redis' } },
    { service: 'sweeper', msg: 'a run failed', err: { message: 'no Postgres' } },
    { service: 'sweeper', msg: 'runs again' },
  ]);
});

test('a stop waits for the run under way, and no other follows', async () => {
  const { service, begun } = controlled(0);
  await service.start();
  let stopped = false;
  const stopping = service.stop().then(() => {
    stopped = true;
  });
  await new Promise(setImmediate);
  expect(stopped).toBe(false);
  begun[0]?.resolve();
  await stopping;
  await service.stop();
  await service.start();
  await new Promise(setImmediate);
  expect(begun).toHaveLength(1);
});

test('a stop between two runs ends it', async () => {
  const { service, begun } = controlled(60_000);
  await service.start();
  begun[0]?.resolve();
  await new Promise(setImmediate);
  await service.stop();
  expect(begun).toHaveLength(1);
});
