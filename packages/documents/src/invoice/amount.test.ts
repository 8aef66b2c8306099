import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAmounts, parseNumber } from './amount.ts';

describe('parseNumber', () => {
  it.each([
    ['1,234.56', 1234.56],
    ['1.234,56', 1234.56],
    ['1 234,56', 1234.56],
    ["1'234.56", 1234.56],
    ['12,34,567.50', 1234567.5],
    ['1.234.567', 1234567],
    ['1,234', 1234],
    ['1.234', 1234],
    ['0.750', 0.75],
    ['34,73', 34.73],
    ['4.1', 4.1],
    ['1939', 1939],
    ['007', 7],
    ['1.2345', 1.2345],
    ['12.', null],
    ['.5', null],
    ['abc', null],
    ['', null],
    ['1-2', null],
  ])('%j is %j', (written, value) => {
    expect(parseNumber(written)).toBe(value);
  });

  const locales = ['en-US', 'de-DE', 'fr-FR', 'de-CH', 'en-IN', 'es-ES', 'sv-SE', 'pl-PL', 'it-IT', 'pt-BR'];

  it('reads what these countries write', () => {
    fc.assert(
      fc.property(fc.constantFrom(...locales), fc.integer({ min: 0, max: 999_999_999_99 }), (locale, cents) => {
        const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        expect(parseNumber(format.format(cents / 100))).toBe(cents / 100);
      }),
    );
  });

  it('gives a number or null for whatever there is, at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('1', '0', '.', ',', ' ', "'", '-', '€', 'x') }), (text) => {
        const value = parseNumber(text);
        expect(value === null || Number.isFinite(value)).toBe(true);
      }),
    );
  });
});

describe('findAmounts', () => {
  const found = (text: string) => findAmounts(text, text).map(({ value, currency }) => [value, currency]);

  it.each([
    ['Total $ 1,234.50', [[1234.5, null]]],
    ['US$12.00', [[12, 'USD']]],
    ['EUR 34,73', [[34.73, 'EUR']]],
    ['EUR34,73', [[34.73, 'EUR']]],
    ['34,73 €', [[34.73, 'EUR']]],
    ['29.99 € TTC', [[29.99, 'EUR']]],
    ['€ -9,32', [[-9.32, 'EUR']]],
    ['-£5.00', [[-5, 'GBP']]],
    ['(1,200.00)', [[-1200, null]]],
    ['12,00-', [[-12, null]]],
    ["CHF 1'234.50", [[1234.5, 'CHF']]],
    ['Rs. 1939', [[1939, 'INR']]],
    ['1 234,50 zł', [[1234.5, 'PLN']]],
    [
      'net 100.00 gross 119.00',
      [
        [100, null],
        [119, null],
      ],
    ],
  ])('%j', (text, amounts) => {
    expect(found(text)).toEqual(amounts);
  });

  it.each(['19%', '14.50 %', 'INV-2024', 'A12', '10.0.0.1', '4GB', 'DE123', '12/34', 'no digits'])(
    'finds no money in %j',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  it('lets the document say which dollar or crown it means', () => {
    expect(findAmounts('$5.00', 'All amounts in CAD')[0]?.currency).toBe('CAD');
    expect(findAmounts('$5.00', 'New York, NY 10001')[0]?.currency).toBe('USD');
    expect(findAmounts('$5.00', 'no word of it')[0]?.currency).toBeNull();
    expect(findAmounts('$5.00', 'AUD or NZD')[0]?.currency).toBeNull();
    expect(findAmounts('5,00 kr', 'Beløp i NOK')[0]?.currency).toBe('NOK');
  });

  it('is quick with any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '.', ',', ' ', '-', '$', 'E', 'U', 'R'), maxLength: 3_000 }),
        (text) => {
          for (const { index, length, value } of findAmounts(text, text)) {
            expect(index + length).toBeLessThanOrEqual(text.length);
            expect(Number.isFinite(value)).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
