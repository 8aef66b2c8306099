import type { Json } from '@gantry/domain/json';
import { badField } from './api-error.ts';

/** Hardly any JSON has such digits in it: only that which does is read slowly. */
export const MAY_LOSE = /\d{16}|\d[eE][+-]?\d/;

/** Instead of a number that was not kept. */
class Lost {}

/**
 * JSON whose whole numbers are kept to the last digit, and none beyond what a double holds: fractions are the nearest
 * double, as everywhere.
 * @throws SyntaxError; ApiError BAD_REQUEST naming the field
 */
export function readExactly(text: string): Json {
  let isLost = false;
  const value: unknown = JSON.parse(text, (_key, parsed: unknown, context?: { source?: string }) => {
    if (typeof parsed !== 'number' || context?.source === undefined || isKept(parsed, context.source)) return parsed;
    isLost = true;
    return new Lost();
  });
  if (isLost) throw badField(pathOfLost(value) || 'body', 'expected a number that a double holds; send it as a text');
  return value as Json;
}

function isKept(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (value === 0) return !/[1-9]/.test(source.replace(/[eE].*$/, ''));
  return source.includes('.') || digits(String(value)) === digits(source);
}

/** A whole number as its digits and the power of ten behind them. */
function digits(source: string): string {
  const [, mantissa = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const all = `${mantissa}${fraction}`;
  const significant = all.replace(/0+$/, '');
  return `${significant.replace(/^0+/, '')}e${Number(exponent) - fraction.length + all.length - significant.length}`;
}

/** Where it is, as fields are named: `data.order.0.id`; undefined if nothing is lost here. */
function pathOfLost(value: unknown): string | undefined {
  if (value instanceof Lost) return '';
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, member] of Object.entries(value)) {
    const below = pathOfLost(member);
    if (below !== undefined) return below === '' ? key : `${key}.${below}`;
  }
  return undefined;
}
