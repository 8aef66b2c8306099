import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { createNodeRuntime, type NodeRuntime } from '@gantry/runners/node-runtime';
import type { StepRequest } from '@gantry/runners/step-result';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSampleInvoices, type SampleInvoicePdf } from './sample-invoices.ts';

const samples = await makeSampleInvoices();

let contentDir: string;
let runtime: NodeRuntime;

beforeAll(async () => {
  contentDir = await mkdtemp(join(tmpdir(), 'gantry-samples-'));
  const logger = { info: () => {}, warn: () => {} };
  runtime = await createNodeRuntime({ modulesDirs: [], contentDir, maxThreads: 1, logger });
});

afterAll(async () => {
  await runtime.close();
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
  };
  const parsed = await runtime.run({ ...step, ref: 'gantry/pdf-parser' });
  if (parsed.outcome !== 'succeeded') return parsed;
  return runtime.run({ ...step, ref: 'gantry/invoice-extractor', previousOutput: parsed.output });
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
