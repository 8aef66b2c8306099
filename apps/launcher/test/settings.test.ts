import { readFile } from 'node:fs/promises';
import { apiEnvironment } from '@gantry/api/env';
import { schedulerEnvironment } from '@gantry/scheduler/env';
import { workerEnvironment } from '@gantry/worker/env';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { demoEnvironment } from '../src/env.ts';

const README = new URL('../../../README.md', import.meta.url);

type Settings = Readonly<Record<string, z.core.$ZodType>>;

const APPS: Readonly<Record<string, Settings>> = {
  api: apiEnvironment.shape,
  scheduler: schedulerEnvironment.shape,
  worker: workerEnvironment.shape,
};

test('README.md lists every setting of npm start and of the apps as they read it, and no other', async () => {
  const readme = await readFile(README, 'utf8');
  const launcher = Object.entries(demoEnvironment.shape).map(([name, schema]) =>
    tableRow(`\`${name}\``, defaultOf(schema), descriptionOf(schema)),
  );
  expect(rowsUnder(readme, '| `npm start` reads')).toEqual(launcher);
  expect(rowsUnder(readme, '| Setting')).toEqual(appRows());
});

/** One row for each variable: who reads it, what each takes when it is not set, in the words of the first. */
function appRows(): string[] {
  const names = new Set(Object.values(APPS).flatMap((settings) => Object.keys(settings)));
  return [...names].map((name) => {
    const readers = Object.entries(APPS).flatMap(([app, { [name]: schema }]) => (schema ? [{ app, schema }] : []));
    const defaults = new Set(readers.map(({ schema }) => defaultOf(schema)));
    const apps = readers.map(({ app }) => app).join(', ');
    return tableRow(`\`${name}\``, apps, [...defaults].join(', '), descriptionOf(readers[0]?.schema));
  });
}

const tableRow = (...cells: string[]) => `| ${cells.join(' | ')} |`;

function descriptionOf(schema: z.core.$ZodType | undefined): string {
  return (schema && z.globalRegistry.get(schema)?.description) ?? '';
}

/** The default as one would write it into the environment. */
function defaultOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodOptional) return '';
  if (schema instanceof z.ZodPipe) return defaultOf(schema.def.in);
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return 'required';
  const { defaultValue } = schema.def;
  return defaultValue === '' ? '' : `\`${defaultValue}\``;
}

function rowsUnder(text: string, head: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(head));
  const rest = lines.slice(start + 2);
  return rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith('|')),
  );
}
