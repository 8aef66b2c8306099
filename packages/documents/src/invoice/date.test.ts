import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDates, writesDayFirst } from './date.ts';
import { fold } from './document.ts';

const found = (text: string, dayFirst = true) => findDates(fold(text), dayFirst).map(({ iso }) => iso);

describe('findDates', () => {
  it.each([
    ['2014-05-07', '2014-05-07'],
    ['2014/05/07', '2014-05-07'],
    ['07.05.2014', '2014-05-07'],
    ['7.5.14', '2014-05-07'],
    ['21/05/1999', '1999-05-21'],
    ['7. Mai 2014', '2014-05-07'],
    ['August 3 , 2014', '2014-08-03'],
    ['Aug 3rd, 2014', '2014-08-03'],
    ['Jan 1, 2022', '2022-01-01'],
    ['3 August 2014', '2014-08-03'],
    ['07-May-2014', '2014-05-07'],
    ['1er janvier 2022', '2022-01-01'],
    ['le 7 août 2025', '2025-08-07'],
    ['12 de mayo de 2025', '2025-05-12'],
    ['7 maggio 2014', '2014-05-07'],
    ['19 april 2014', '2014-04-19'],
    ['20. března 2023', '2023-03-20'],
    ['7 maja 2014', '2014-05-07'],
    ["5 Sept '23", '2023-09-05'],
  ])('%j is %s', (text, iso) => {
    expect(found(text)).toEqual([iso]);
  });

  it.each(['31.02.2024', '13/13/2024', '2024-00-10', '1.2.3.4', '12.345,67', 'May I help', '99999'])(
    'finds no date in %j',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  it('takes the day first or the month first as it is told, unless the date itself decides', () => {
    expect(found('03/04/2024', true)).toEqual(['2024-04-03']);
    expect(found('03/04/2024', false)).toEqual(['2024-03-04']);
    expect(found('03.04.2024', false)).toEqual(['2024-04-03']);
    expect(found('25/04/2024', false)).toEqual(['2024-04-25']);
    expect(found('04/25/2024', true)).toEqual(['2024-04-25']);
  });

  it('finds each date of a period, in order', () => {
    expect(found('01.05.14-31.05.14, later 2 June 2014')).toEqual(['2014-05-01', '2014-05-31', '2014-06-02']);
  });

  const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });

  it.each(['en-GB', 'en-US', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pt-PT', 'sv-SE', 'pl-PL'])(
    'reads any date as it is written out in %s',
    (locale) => {
      const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
      fc.assert(
        fc.property(dates, (date) => {
          expect(found(format.format(date))).toEqual([date.toISOString().slice(0, 10)]);
        }),
      );
    },
  );

  it('gives real dates or none for whatever there is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '2', '0', '.', '/', '-', ' ', 'may', ','), maxLength: 200 }),
        (text) => {
          for (const iso of found(text)) expect(new Date(iso).toISOString().slice(0, 10)).toBe(iso);
        },
      ),
    );
  });
});

describe('writesDayFirst', () => {
  it.each([
    ['due 25/04/2024, issued 03/04/2024', true],
    ['due 04/25/2024, issued 04/03/2024', false],
    ['03/04/2024 total $5.00', false],
    ['03/04/2024 total $5.00 gst included', true],
    ['03/04/2024 total £5.00', true],
    ['03/04/2024', true],
  ])('%j: %s', (text, dayFirst) => {
    expect(writesDayFirst(text)).toBe(dayFirst);
  });
});
