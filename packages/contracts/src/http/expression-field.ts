import type { ExpressionCheck } from '@gantry/domain/expression/expression-check';
import { EXPRESSION_LIMITS } from '@gantry/domain/expression/expression-limits';
import { z } from 'zod';

/** An expression that an author writes, refused where it cannot be read. */
export function expressionField(check: (text: string) => ExpressionCheck) {
  return z
    .string()
    .max(EXPRESSION_LIMITS.characters)
    .superRefine((text, context) => {
      const checked = check(text);
      if (!checked.ok) context.addIssue({ code: 'custom', message: checked.message });
    });
}
