import { expect, test } from 'vitest';
import { diagnose, type Findings } from './diagnosis.ts';

const WELL = {
  redis: {
    ...{ version: '7.0.15', persistence: 'aof', evictionPolicy: 'noeviction', usedBytes: 1, maxBytes: 0, aheadMs: 3 },
    ...{ journalEntries: 0, parkedFacts: 0, unservedRuntimes: [] },
  },
  postgres: {
    ...{ version: 170_004, missingMigrations: [], unknownMigrations: [], led: true },
    ...{ scheduleLagMs: 0, requested: 0, unplanned: 0, factsSetAside: 0, silent: 0 },
  },
  apiAheadMs: 5,
} satisfies Findings;

const troubles = (findings: Findings) =>
  diagnose(findings).flatMap(({ check, verdict }) => (verdict === 'ok' ? [] : [`${verdict}: ${check}`]));

test('where all is well there is nothing to do', () => {
  expect(troubles(WELL)).toEqual([]);
});

test.each<[string, Findings]>([
  ['bad: Redis', { ...WELL, redis: null }],
  ['bad: Redis eviction', { ...WELL, redis: { ...WELL.redis, evictionPolicy: 'allkeys-lru' } }],
  ['look: Redis persistence', { ...WELL, redis: { ...WELL.redis, persistence: 'none' } }],
  ['look: Redis memory', { ...WELL, redis: { ...WELL.redis, usedBytes: 90, maxBytes: 100 } }],
  ['bad: Redis version', { ...WELL, redis: { ...WELL.redis, version: '6.2.1' } }],
  ['bad: Postgres version', { ...WELL, postgres: { ...WELL.postgres, version: 140_011 } }],
  ['bad: migrations', { ...WELL, postgres: { ...WELL.postgres, missingMigrations: ['0190.sql'] } }],
  ['bad: leader', { ...WELL, postgres: { ...WELL.postgres, led: false } }],
  ['look: clocks, against that of Postgres', { ...WELL, redis: { ...WELL.redis, aheadMs: -9_000 } }],
  ['bad: waiting to be planned', { ...WELL, postgres: { ...WELL.postgres, unplanned: 1 } }],
  ['bad: schedules', { ...WELL, postgres: { ...WELL.postgres, scheduleLagMs: 61_000 } }],
])('%s', (trouble, findings) => {
  expect(troubles(findings)).toEqual([trouble]);
});

test('a managed Redis that keeps its settings to itself, and migrations of a newer version, are no trouble', () => {
  const redis = { ...WELL.redis, persistence: null, evictionPolicy: null };
  const postgres = { ...WELL.postgres, unknownMigrations: ['0999.sql'] };
  expect(troubles({ ...WELL, redis, postgres })).toEqual([]);
});
