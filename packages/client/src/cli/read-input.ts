import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { EventInput } from '@gantry/contracts/http/event';
import { InvalidArgumentError } from 'commander';
import { parseAllDocuments } from 'yaml';
import { UsageError } from './exit-code.ts';

/** A JSON object. */
type Fields = NonNullable<EventInput['data']>;

/**
 * JSON that is given on the command line, or as `@file`.
 * @throws UsageError
 */
export async function readJson(option: string, given: string): Promise<Fields[string]> {
  const json = given.startsWith('@') ? await readGiven(given.slice(1)) : given;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}

/** The same of an object. @throws UsageError */
export async function readJsonObject(option: string, given: string): Promise<Fields> {
  const value: unknown = await readJson(option, given);
  if (!isFields(value)) throw new UsageError(`${option}: expected a JSON object`);
  return value;
}

/**
 * The definitions in a YAML (or JSON) file, or on stdin for `-`: of several documents, or of a list, each.
 * @throws UsageError
 */
export async function readDefinitions(file: string, stdin: Readable): Promise<Fields[]> {
  const content = file === '-' ? await text(stdin) : await readGiven(file);
  const documents = parseAllDocuments(content);
  if (!Array.isArray(documents)) throw new UsageError(`${file}: there is nothing in it`);
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new UsageError(`${file}: ${error.message}`);
    const value: unknown = document.toJS();
    return [value].flat().map((definition) => {
      if (!isFields(definition)) throw new UsageError(`${file}: expected names and values`);
      return definition;
    });
  });
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

/** Seconds, on the command line; milliseconds inside. */
export function seconds(text: string): number {
  if (!/^\d{1,7}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('expected seconds');
  return Number(text) * 1_000;
}
