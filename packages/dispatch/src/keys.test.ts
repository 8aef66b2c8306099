import { expect, test } from 'vitest';
import { DEFAULT_PREFIX, keysOf } from './keys.ts';
import { executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';

const ID = '0193a1b2-0000-7000-8000-000000000001';

test('every key carries the prefix, whose hash tag puts all of them into one cluster slot', () => {
  const keys = keysOf(DEFAULT_PREFIX);
  const made = {
    execution: keys.execution(ID),
    runtimeAlive: keys.runtimeAlive('gantry/default'),
    worker: keys.worker('w1'),
    drain: keys.drain('w1'),
  };
  expect({ ...keys, ...made }).toEqual({
    prefix: '{gantry}',
    execution: `{gantry}:exec:${ID}`,
    journal: '{gantry}:journal',
    parked: '{gantry}:journal:parked',
    runtimes: '{gantry}:runtimes',
    runtimeAlive: '{gantry}:runtime:gantry/default:alive',
    workers: '{gantry}:workers',
    worker: '{gantry}:worker:w1',
    paused: '{gantry}:paused',
    drain: '{gantry}:drain:w1',
    term: '{gantry}:term',
    history: '{gantry}:history',
    closed: '{gantry}:closed',
    changes: '{gantry}:changes',
  });
});

test('queue and job names hold no colon, which BullMQ refuses', () => {
  expect(runtimeQueueName('acme/gpu-large')).toBe('runtime.acme.gpu-large');
  expect(executionJobId(ID, 2)).toBe(`${ID}.2`);
  expect(sliceJobId(ID, 2, 0)).toBe(`${ID}.2.0`);
});

test('two runtimes never share a queue', () => {
  expect(runtimeQueueName('acme/gpu.large')).toBe('runtime.acme.gpu%2Elarge');
  expect(runtimeQueueName('acme.gpu/large')).toBe('runtime.acme%2Egpu.large');
});
