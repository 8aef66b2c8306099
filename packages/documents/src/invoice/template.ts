import { RE2JS } from 're2js';
import { z } from 'zod';
import { DocumentError } from '../document-error.ts';
import { findAmounts } from './amount.ts';
import { mainCurrency } from './currency.ts';
import { findDates } from './date.ts';
import { evidenceOf, fold, type InvoiceDocument, type Line } from './document.ts';
import { FACT_NAMES, type FactName, type Found, type FoundFacts, type InvoiceFacts } from './invoice-facts.ts';

const ruleSchema = z.union([
  z.strictObject({ value: z.union([z.string().min(1).max(500), z.number()]).describe('What it always is') }),
  z.strictObject({
    pattern: z.string().min(1).max(500).describe('In the syntax of RE2; its first group is the value, else all of it'),
    dayFirst: z.boolean().default(true).describe('Of a date such as 03/04/2026: the 3rd of April'),
  }),
]);

/** How the invoices of one sender are read: data that a user adds. */
export const templatesSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(200),
      when: z.array(z.string().min(1).max(200)).min(1).max(20).describe('Texts that its documents have, all of them'),
      facts: z.partialRecord(z.enum(FACT_NAMES), ruleSchema).describe('Where each fact is; others are looked for'),
    }),
  )
  .max(200);

type Template = z.infer<typeof templatesSchema>[number];
type Rule = z.infer<typeof ruleSchema>;

/** What a template says of a document: null for a fact that it names and that is not there. */
export interface TemplateReading {
  name: string;
  facts: Partial<FoundFacts>;
}

/** A template is the word of a person; only what a document carries for machines is surer. */
const CONFIDENCE = 0.98;
const MAX_CHARACTERS = 500_000;

/** What the first template that fits the document says of it; null when none fits. Throws PATTERN_INVALID. */
export function readByTemplate(document: InvoiceDocument, templates: readonly Template[]): TemplateReading | null {
  if (templates.length === 0) return null;
  const text = document.lines
    .map((line) => line.text)
    .join('\n')
    .slice(0, MAX_CHARACTERS);
  const folded = fold(text);
  const template = templates.find(({ when }) => when.every((words) => folded.includes(fold(words))));
  if (template === undefined) return null;
  const [words = ''] = template.when;
  const [named] = document.lines.filter((line) => line.folded.includes(fold(words)));
  const facts: Partial<FoundFacts> = {};
  for (const [name, rule] of Object.entries(template.facts) as [FactName, Rule][]) {
    const written =
      'value' in rule ? { text: String(rule.value), line: named } : find(rule.pattern, text, document, name);
    Object.assign(facts, { [name]: written && factOf(name, written, !('dayFirst' in rule) || rule.dayFirst) });
  }
  return { name: template.name, facts };
}

interface Written {
  text: string;
  line: Line | undefined;
}

function find(pattern: string, text: string, { lines }: InvoiceDocument, name: FactName): Written | null {
  const matcher = compile(pattern, name).matcher(text);
  if (!matcher.find()) return null;
  const group = matcher.groupCount() === 0 ? 0 : 1;
  const value = matcher.group(group)?.trim() ?? '';
  const lineIndex = text.slice(0, Math.max(0, matcher.start(group))).split('\n').length - 1;
  return value === '' ? null : { text: value, line: lines[lineIndex] };
}

function compile(pattern: string, name: FactName): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not understood';
    throw new DocumentError('PATTERN_INVALID', `templates: ${name}: pattern "${pattern.slice(0, 100)}": ${reason}`, {
      cause,
    });
  }
}

/** Null for what is not of the kind that the fact is. */
function factOf(name: FactName, { text, line }: Written, dayFirst: boolean): Found<unknown> | null {
  const value = READERS[name]?.(text, dayFirst) ?? (name in READERS ? null : text);
  if (value === null) return null;
  const evidence = line === undefined ? { source: 'page' as const, page: 1, line: 1, text } : evidenceOf(line);
  return { value, confidence: CONFIDENCE, evidence };
}

const amountIn = (text: string): number | null => findAmounts(text, '')[0]?.value ?? null;
const dateIn = (text: string, dayFirst: boolean): string | null => findDates(fold(text), dayFirst)[0]?.iso ?? null;

/** The facts that are not texts. */
const READERS: { [Name in FactName]?: (text: string, dayFirst: boolean) => InvoiceFacts[Name] | null } = {
  amount: amountIn,
  amountUntaxed: amountIn,
  taxAmount: amountIn,
  date: dateIn,
  dueDate: dateIn,
  currency: (text) => mainCurrency(text, fold(text)),
  iban: (text) => text.replace(/\s/g, ''),
};
