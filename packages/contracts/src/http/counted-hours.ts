import { z } from 'zod';
import { idField, instantField, instantInputField } from './fields.ts';

const HOUR_MS = 3_600_000;
const MAX_HOURS = 92 * 24;

/** The end of its hour, and a day before it, are years of four digits too. */
const instant = instantInputField(9_998).transform((text) => new Date(text));

const hours = {
  from: instant.optional().describe('An instant of the first hour; without it the last 24 hours are counted'),
  to: instant.optional().describe('The end; else now'),
};
const assistant = { assistantId: idField.optional().describe('Of one assistant alone') };

interface Hours {
  from?: Date | undefined;
  to?: Date | undefined;
}

/** What is in an hour counts as a whole. */
function wholeHours<Query extends Hours>(query: Query, context: z.core.$RefinementCtx) {
  const to = new Date(Math.ceil((query.to ?? new Date()).getTime() / HOUR_MS) * HOUR_MS);
  const begin = query.from === undefined ? to.getTime() - 24 * HOUR_MS : query.from.getTime();
  const from = new Date(Math.floor(begin / HOUR_MS) * HOUR_MS);
  const count = (to.getTime() - from.getTime()) / HOUR_MS;
  if (count < 1 || count > MAX_HOURS) {
    const message = `expected an instant before \`to\`, at most ${MAX_HOURS} hours`;
    context.issues.push({ code: 'custom', input: query.from, path: ['from'], message });
  }
  return { ...query, from, to };
}

/** Which hours numbers are asked for. */
export const hoursQuerySchema = z.object(hours).transform(wholeHours);

export const assistantHoursQuerySchema = z.object({ ...hours, ...assistant }).transform(wholeHours);

export const executionCountsQuerySchema = z
  .object({
    ...hours,
    ...assistant,
    by: z.enum(['hour', 'assistant']).default('hour').describe('`assistant`: the 1,000 with most executions'),
  })
  .transform(wholeHours);
export type CountedBy = z.infer<typeof executionCountsQuerySchema>['by'];

/** The hours that were counted: from the beginning of the first to the end of the last, of UTC. */
export const countedHours = { from: instantField, to: instantField };
