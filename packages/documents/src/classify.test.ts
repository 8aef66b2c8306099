import { describe, expect, it } from 'vitest';
import { classify, taxonomySchema } from './classify.ts';

const taxonomy = taxonomySchema.parse([
  {
    name: 'invoice',
    keywords: ['Rechnung', { text: 'invoice', weight: 2 }],
    patterns: ['IBAN [A-Z]{2}\\d\\d'],
    excluded: ['reminder'],
  },
  { name: 'reminder', keywords: ['invoice', 'reminder', 'überfällig'], required: ['reminder'] },
  { name: 'contract', keywords: ['hereby agree'] },
]);

describe('classify', () => {
  it('takes the category that most speaks for', () => {
    expect(classify('INVOICE: pay to iban DE02', taxonomy, 0.5)).toEqual({
      category: 'invoice',
      confidence: 0.75,
      candidates: [{ category: 'invoice', score: 3, matches: ['invoice', 'IBAN [A-Z]{2}\\d\\d'] }],
    });
    expect(classify('A reminder of our invoice, now überfa\u0308llig', taxonomy, 0.5).category).toBe('reminder');
  });

  it('finds keywords as whole words, across lines', () => {
    expect(classify('the parties hereby\n  agree', taxonomy, 0.5).category).toBe('contract');
    expect(classify('invoiced', taxonomy, 0).category).toBeNull();
  });

  it('gives null when nothing is clear', () => {
    const rivals = taxonomySchema.parse([
      { name: 'a', keywords: ['x'] },
      { name: 'b', keywords: ['x'] },
    ]);
    expect(classify('x', rivals, 0.5)).toMatchObject({ category: null, confidence: 0.25 });
    expect(classify('', rivals, 0)).toEqual({ category: null, confidence: 0, candidates: [] });
  });

  it('refuses a pattern that it does not understand, and lets none run away', () => {
    const withPattern = (pattern: string) => taxonomySchema.parse([{ name: 'a', patterns: [pattern] }]);
    expect(() => classify('x', withPattern('('), 0)).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
    expect(classify('a'.repeat(50_000), withPattern('^(a+)+$b'), 0).category).toBeNull();
  });
});
