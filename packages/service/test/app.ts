import { setTimeout as delay } from 'node:timers/promises';
import { runServices } from '../src/lifecycle.ts';
import { createLogger } from '../src/logger.ts';

// An app whose services misbehave as asked: what lifecycle.test.ts runs as a process of its own.
const [fault] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);
const keepAlive = setInterval(() => undefined, 1_000);

const service = (name: string, faults: { start?: () => void; stop?: () => Promise<void> } = {}) => ({
  name,
  start: async () => {
    faults.start?.();
    say(`start ${name}`);
  },
  stop: async () => {
    await faults.stop?.();
    say(`stop ${name}`);
    clearInterval(keepAlive);
  },
});

await runServices({
  services: [
    service('a', fault === 'hangs' ? { stop: () => new Promise(() => undefined) } : {}),
    service('b', {
      start: () => {
        if (fault === 'start') throw new Error('no');
      },
      stop: async () => {
        if (fault !== 'slow') return;
        say('stopping');
        await delay(200);
      },
    }),
  ],
  logger: createLogger({ name: 'app', level: 'silent' }),
  stopTimeoutMs: fault === 'hangs' ? 100 : 60_000,
});
if (fault === 'throws')
  setImmediate(() => {
    throw new Error('nobody catches this');
  });
if (fault === 'rejects') void Promise.reject(new Error('nobody awaits this'));
say('ready');
