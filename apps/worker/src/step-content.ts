import { randomUUID } from 'node:crypto';
import type { ContentStores } from '@gantry/contents/content-store';
import type { SliceJob, StepInput } from '@gantry/contracts/execution-job';
import type { Json } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';

/** Gives an output its id; a large one is kept in the content store and travels by reference. */
export async function storeOutput(
  contents: ContentStores,
  { organizationId }: SliceJob,
  { output, outputJson }: { output: Json; outputJson: string },
): Promise<StepInput> {
  const outputId = randomUUID();
  if (Buffer.byteLength(outputJson) <= LIMITS.inlineOutputBytes) return { output, outputRef: null, outputId };
  const about = { contentType: 'application/json', name: `${outputId}.json` };
  const { ref } = await contents.forOrganization(organizationId).write(Buffer.from(outputJson), about);
  return { output: null, outputRef: ref, outputId };
}

export async function loadInput(
  contents: ContentStores,
  { organizationId }: SliceJob,
  input: StepInput,
): Promise<Json> {
  if (input.outputRef === null) return input.output;
  const bytes = await contents.forOrganization(organizationId).read(input.outputRef);
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
