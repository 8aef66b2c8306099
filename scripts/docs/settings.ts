import { apiEnvironment } from '@gantry/api/env';
import { demoEnvironment } from '@gantry/launcher/env';
import { schedulerEnvironment } from '@gantry/scheduler/env';
import { workerEnvironment } from '@gantry/worker/env';
import { z } from 'zod';

type Settings = Readonly<Record<string, z.core.$ZodType>>;

const APPS: Readonly<Record<string, Settings>> = {
  api: apiEnvironment.shape,
  scheduler: schedulerEnvironment.shape,
  worker: workerEnvironment.shape,
};

/** A row for each setting of the apps: who reads it, what each takes when it is not set, in the words of the first. */
export function appSettings(): string {
  const names = [...new Set(Object.values(APPS).flatMap((settings) => Object.keys(settings)))];
  const rows = names.map((name) => {
    const readers = Object.entries(APPS).flatMap(([app, { [name]: schema }]) => (schema ? [{ app, schema }] : []));
    const defaults = new Set(readers.map(({ schema }) => defaultOf(schema)));
    const apps = readers.map(({ app }) => app).join(', ');
    return row(`\`${name}\``, apps, [...defaults].join(', '), descriptionOf(readers[0]?.schema));
  });
  return table(['Setting', 'Read by', 'Default', ''], rows);
}

/** A row for each setting of `npm start`. */
export function startSettings(): string {
  const rows = Object.entries(demoEnvironment.shape).map(([name, schema]) =>
    row(`\`${name}\``, defaultOf(schema), descriptionOf(schema)),
  );
  return table(['`npm start` reads', 'Default', ''], rows);
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), `|${head.map(() => '---|').join('')}`, ...rows, ''].join('\n');
}

const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;

function descriptionOf(schema: z.core.$ZodType | undefined): string {
  const description = (schema && z.globalRegistry.get(schema)?.description) ?? '';
  return description.replaceAll('](docs/', ']('); // the page is there itself
}

/** The default as one would write it into the environment. */
function defaultOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodOptional) return '';
  if (schema instanceof z.ZodPipe) return defaultOf(schema.def.in);
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return 'required';
  const { defaultValue } = schema.def;
  return defaultValue === '' ? '' : `\`${defaultValue}\``;
}
