import { parse } from 'csv-parse/sync';
import type { Block } from '../text-page.ts';

const DELIMITERS = [',', ';', '\t', '|'];
const MAX_RECORD_CHARACTERS = 1_000_000;

/** The records of a CSV file, whatever it is delimited by. */
export function readCsv(text: string): Block[] {
  const rows: string[][] = parse(text, {
    delimiter: delimiterOf(text),
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
    maxRecordSize: MAX_RECORD_CHARACTERS,
  });
  return [{ kind: 'table', rows }];
}

/** What the first lines have most of. */
function delimiterOf(text: string): string {
  const head = text.split(/\r\n?|\n/, 10).join('\n');
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: head.split(delimiter).length }));
  return counted.reduce((most, candidate) => (candidate.count > most.count ? candidate : most)).delimiter;
}
