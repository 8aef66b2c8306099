import { types } from 'node:util';
import { MAX_JSON_DEPTH } from '@gantry/domain/json-depth';
import { sanitizeJson } from '@gantry/domain/sanitize-json';
import { ModuleError } from './module-error.ts';

/** Objects that JSON.stringify would turn into `{}` without a word, whatever context they were made in. */
function isNoJson(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    value instanceof Error ||
    [
      ...[types.isMap, types.isSet, types.isWeakMap, types.isWeakSet, types.isPromise],
      ...[types.isAnyArrayBuffer, types.isRegExp, types.isNativeError],
    ].some((isOne) => isOne(value))
  );
}

const REFUSED_ESCAPE = /\\u(?:0000|d[89a-f])/;

type Subject = 'output' | 'event' | 'checkpoint';

/**
 * The JSON text of a value a module made. Characters Postgres refuses (U+0000, lone surrogates) become U+FFFD.
 * Throws OUTPUT_NOT_JSON naming the path of what JSON cannot hold, OUTPUT_TOO_LARGE beyond `maxBytes` (or EVENT_..., CHECKPOINT_...).
 */
export function toJsonText(value: unknown, subject: Subject, maxBytes: number): string {
  return storableText(stringify(value ?? null, subject, maxBytes), subject, maxBytes);
}

/** The same for what is said to be JSON text already. */
export function storableText(text: string, subject: Subject, maxBytes: number): string {
  // A character of a string is at least one byte and at most three in UTF-8, so most texts need no measuring.
  if (text.length > maxBytes || (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes)) {
    throw tooLarge(subject, maxBytes);
  }
  // JSON.stringify escapes what has to be replaced, so nearly all texts are clean at a glance.
  return REFUSED_ESCAPE.test(text) || !text.isWellFormed() ? JSON.stringify(sanitizeJson(JSON.parse(text))) : text;
}

/** Plain text without the characters Postgres refuses, cut to `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return sanitizeJson(cut);
}

function stringify(value: unknown, subject: Subject, maxBytes: number): string {
  try {
    assertJson(value, subject, maxBytes);
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    if (error instanceof ModuleError) throw error;
    throw new ModuleError(code(subject, 'NOT_JSON'), `${subject}: writing it as JSON failed`, { cause: error });
  }
}

/** Walks a value before it is written, so that what is wrong can be named and what is enormous is never written. */
function assertJson(root: unknown, subject: Subject, maxBytes: number): void {
  let characters = 0;

  const refuse = (path: string, problem: string): never => {
    throw new ModuleError(code(subject, 'NOT_JSON'), `${cleanText(path, 300)} ${problem}, which JSON cannot hold`);
  };

  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'string') {
      characters += value.length;
      if (characters > maxBytes) throw tooLarge(subject, maxBytes);
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) refuse(path, `is ${value}`);
    } else if (typeof value === 'object') {
      if (value !== null) visitObject(value, path, depth);
    } else if (typeof value !== 'boolean') {
      refuse(path, `is a ${typeof value}`);
    }
  };

  const visitObject = (value: object, path: string, depth: number): void => {
    if (depth === MAX_JSON_DEPTH) refuse(subject, `is nested deeper than ${MAX_JSON_DEPTH} levels or circular`);
    // Nearly all are plain.
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== Array.prototype && isNoJson(value)) {
      refuse(path, `is ${withArticle(value.constructor.name)}`);
    }
    if (types.isDate(value) && Number.isNaN(value.getTime())) refuse(path, 'is an invalid Date');
    if ('toJSON' in value && typeof value.toJSON === 'function') return;
    const isArray = Array.isArray(value);
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) visit(member, isArray ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
    }
  };

  visit(root, subject, 0);
}

function withArticle(name: string): string {
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`;
}

function tooLarge(subject: Subject, maxBytes: number): ModuleError {
  return new ModuleError(code(subject, 'TOO_LARGE'), `${subject}: its JSON text is longer than ${maxBytes} bytes`);
}

function code(subject: Subject, problem: 'NOT_JSON' | 'TOO_LARGE'): string {
  return `${subject.toUpperCase()}_${problem}`;
}
