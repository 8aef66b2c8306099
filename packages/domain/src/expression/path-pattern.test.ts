import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from './budget.ts';
import { fitsPath } from './path-pattern.ts';

const fits = (pattern: string, path: string) => fitsPath(pattern, path, new Budget());

test.each([
  [
    'invoice.pdf',
    ['invoice.pdf', 'a/b/invoice.pdf', '/invoice.pdf'],
    ['invoice-pdf', 'my-invoice.pdf', 'invoice.pdf/x', ''],
  ],
  ['*.pdf', ['a.pdf', 'x/y/a.pdf', '.pdf', 'ä 😀.pdf'], ['a.pdfx', 'a.PDF', 'a.pdf/b']],
  ['*', ['a', 'a/b', '', 'a/'], []],
  ['inv?ice-?.*', ['invoice-1.pdf', 'invXice-2.tar.gz'], ['invoice-.pdf', 'invoice-12.pdf']],
  ['in/*.pdf', ['in/a.pdf', '/in/a.pdf', 'in/.pdf'], ['a.pdf', 'in/b/a.pdf', 'x/in/a.pdf']],
  ['/in/*', ['in/a', '/in/a'], ['in/a/b', 'x/in/a']],
  ['in/**', ['in/a', 'in/a/b.pdf', 'in/'], ['in', 'inside/a', 'x/in/a']],
  ['**/a.pdf', ['a.pdf', 'x/a.pdf', 'x/y/a.pdf', '/a.pdf'], ['xa.pdf', 'x/ya.pdf', 'a.pdf/x']],
  ['in/**/a.pdf', ['in/a.pdf', 'in/x/a.pdf', 'in/x/y/a.pdf'], ['in/xa.pdf', 'ina.pdf', 'in/a.pdfx']],
  ['**/in/**/*.pdf', ['in/a.pdf', 'x/in/y/z/a.pdf'], ['a.pdf', 'x/inn/a.pdf']],
  ['in/a**z', ['in/az', 'in/a/b/z'], ['in/a/b/z/']],
  ['.*\\.pdf', ['a.pdf', 'x/a.pdf'], ['apdf', 'a.pdfx']],
  ['in\\*\\?', ['in*?'], ['inab', 'in\\*\\?']],
  ['(a|b)+$', ['(a|b)+$'], ['a', 'b', 'ab']],
  ['', [''], ['a']],
])('%s', (pattern, fitting, others) => {
  for (const path of fitting) expect(fits(pattern, path), path).toBe(true);
  for (const path of others) expect(fits(pattern, path), path).toBe(false);
});

test('any run of characters is what a regular expression says it is', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '/', '**', '.'), { maxLength: 8 });
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 8 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(pattern, path, (parts, text) => {
      // `**/` and the beginnings have rules of their own, which the table above has.
      const joined = `a/${parts.join('')}`;
      fc.pre(!/\*\*\//.test(joined));
      const expression = joined
        .replace(/[.]/g, '\\.')
        .replace(/\*\*+|\*|\?/g, (star) => (star === '?' ? '[^/]' : star === '*' ? '[^/]*' : '[^]*'));
      return fits(joined, `a/${text}`) === new RegExp(`^${expression}$`).test(`a/${text}`);
    }),
    { numRuns: 1_000 },
  );
});

test('what would make a regular expression hang has its answer, or costs too much', () => {
  expect(fits('*a*a*a*a*a*a*a*a*a*ab', 'a'.repeat(5_000))).toBe(false);
  expect(fits('**/'.repeat(200), 'a/'.repeat(500))).toBe(true);
  expect(fits('(a+)+$', 'a'.repeat(100_000))).toBe(false);
  expect(() => fits('*a'.repeat(1_000), 'a'.repeat(100_000))).toThrow('the values are too large for this expression');
});
