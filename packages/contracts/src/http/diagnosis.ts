import { VERDICTS } from '@gantry/domain/diagnosis';
import { z } from 'zod';

const diagnosisSchema = z.object({
  /** What was looked at. */
  check: z.string(),
  /** `look`: it works, and somebody should look at it; `bad`: something does not work, or will not. */
  verdict: z.enum(VERDICTS),
  found: z.string(),
  /** What to do; null where all is well. */
  advice: z.string().nullable(),
});

/** Everything that the api can find out about the system, judged. */
export const doctorSchema = z.object({ verdict: z.enum(VERDICTS), checks: z.array(diagnosisSchema) });
export type Doctor = z.infer<typeof doctorSchema>;
