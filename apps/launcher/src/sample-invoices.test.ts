import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { NodeRunner } from '@gantry/runners/node-runner';
import { StepEngine } from '@gantry/runners/step-engine';
import type { StepRequest } from '@gantry/runners/step-result';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSampleInvoices, type SampleInvoicePdf } from './sample-invoices.ts';

const samples = await makeSampleInvoices();

let contentDir: string;
let engine: StepEngine;

beforeAll(async () => {
  contentDir = await mkdtemp(join(tmpdir(), 'gantry-samples-'));
  const logger = { info: () => {}, warn: () => {} };
  const contents = createFolderContentStore(contentDir);
  const node = new NodeRunner({ modulesDirs: [], contents, maxIdle: 1, logger });
  engine = new StepEngine({ runners: { node }, slots: 1, logger });
  await engine.start();
});

afterAll(async () => {
  await engine.close();
  await rm(contentDir, { recursive: true });
});

async function extract({ bytes }: SampleInvoicePdf) {
  const content = createFolderContentStore(contentDir).forOrganization('acme');
  const { ref: contentRef } = await content.write(bytes, { contentType: 'application/pdf' });
  const ids = { executionId: 'e1', organizationId: 'acme', stepId: 's1', stepIndex: 0, attempt: 1, epoch: 0 };
  const step: Omit<StepRequest, 'ref'> = {
    ...ids,
    options: {},
    context: {},
    documentFamily: null,
    contentObject: { contentRef },
    previousOutput: null,
    checkpoint: null,
  };
  const module = { kind: 'node' as const, moduleRuntimeRef: 'gantry/default', options: [] };
  const parse = { ...step, ref: 'gantry/pdf-parser' };
  const parsed = await engine.run({ module, request: parse, fresh: false });
  if (parsed.outcome !== 'succeeded') return parsed;
  const extraction = { ...step, ref: 'gantry/invoice-extractor', previousOutput: parsed.output };
  return engine.run({ module, request: extraction, fresh: false });
}

describe('sample invoices', () => {
  it.each(samples.map((sample) => [sample.name, sample] as const))(
    '%s holds what it is said to',
    async (_name, sample) => {
      expect(await extract(sample)).toMatchObject({ outcome: 'succeeded', output: sample.expected });
    },
  );

  it('are the same bytes each time', async () => {
    expect(await makeSampleInvoices()).toEqual(samples);
  });

  it('differ in their currencies', () => {
    const currencies = new Set(samples.map(({ expected }) => expected.currency));
    expect([...currencies].sort()).toEqual(['CHF', 'EUR', 'GBP', 'USD']);
  });
});
