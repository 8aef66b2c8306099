import { RE2JS } from 're2js';
import { z } from 'zod';
import { DocumentError } from './document-error.ts';

const weight = z.number().min(0).max(100).default(1);
const ruleSchema = z.union([
  z
    .string()
    .min(1)
    .max(500)
    .transform((text) => ({ text, weight: 1 })),
  z.object({ text: z.string().min(1).max(500), weight }),
]);

export const taxonomySchema = z
  .array(
    z.object({
      name: z.string().min(1).max(200),
      keywords: z.array(ruleSchema).max(200).default([]).describe('Words, whatever their case and accents'),
      patterns: z.array(ruleSchema).max(50).default([]).describe('Regular expressions in the syntax of RE2'),
      required: z
        .array(z.string().min(1).max(500))
        .max(50)
        .default([])
        .describe('Keywords without which it is not this category'),
      excluded: z.array(z.string().min(1).max(500)).max(50).default([]).describe('Keywords with which it is not'),
    }),
  )
  .min(1)
  .max(200);

type Taxonomy = z.infer<typeof taxonomySchema>;

export interface Classification {
  category: string | null;
  /** From 0 to 1: how much speaks for the category, and how much more than for the next one. */
  confidence: number;
  /** Best first; categories that nothing speaks for are left out. */
  candidates: { category: string; score: number; matches: string[] }[];
}

/** So much of a text is looked at. */
const MAX_CHARACTERS = 500_000;

/** The category of a text. Patterns take time in proportion to the text only. Throws PATTERN_INVALID. */
export function classify(text: string, taxonomy: Taxonomy, minConfidence: number): Classification {
  const looked = text.slice(0, MAX_CHARACTERS);
  const words = wordsOf(looked);
  const has = (keyword: string) => words.includes(wordsOf(keyword));
  const candidates = taxonomy
    .filter(({ required, excluded }) => required.every(has) && !excluded.some(has))
    .map(({ name, keywords, patterns }) => {
      const matching = [
        ...keywords.filter((keyword) => has(keyword.text)),
        ...patterns.filter((pattern) => compile(pattern.text).matcher(looked).find()),
      ];
      const score = matching.reduce((sum, rule) => sum + rule.weight, 0);
      return { category: name, score, matches: matching.map((rule) => rule.text) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, next] = candidates;
  if (best === undefined) return { category: null, confidence: 0, candidates };
  // One match alone is a half, two are two thirds; as much for another category takes half of it away.
  const lead = best.score / (best.score + (next?.score ?? 0));
  const confidence = Math.round((best.score / (best.score + 1)) * lead * 100) / 100;
  return { category: confidence >= minConfidence ? best.category : null, confidence, candidates };
}

/** The words of a text with a space around each: a keyword is found as whole words. */
function wordsOf(text: string): string {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return ` ${folded.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not understood';
    throw new DocumentError('PATTERN_INVALID', `categories: pattern "${pattern.slice(0, 100)}": ${reason}`, {
      cause: error,
    });
  }
}
