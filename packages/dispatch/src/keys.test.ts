import { expect, test } from 'vitest';
import { hashTagOf, shareOf, slotOf } from './hash-slot.ts';
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
    shard: 0,
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

test('each further shard has a hash tag of its own, also within a prefix of its own', () => {
  expect(keysOf(DEFAULT_PREFIX, 2, 3)).toMatchObject({ shard: 2, journal: '{gantry.2.0}:journal' });
  expect(keysOf('app:{acme}:x', 1, 2).journal).toMatch(/^app:\{acme\.1\.\d+\}:x:journal$/);
  expect(keysOf('acme', 1, 2).journal).toBe('acme.1:journal');
});

test.each([2, 3, 6, 64])('%s shards have an equal share of the slots of a Cluster each', (shards) => {
  const tags = Array.from({ length: shards }, (_, shard) => hashTagOf(keysOf(DEFAULT_PREFIX, shard, shards).prefix));
  expect(new Set(tags.map((tag = '') => shareOf(slotOf(tag), shards))).size).toBe(shards);
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
