import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type ModuleFolder, ModuleFolderError } from './module-folder.ts';
import { runOnce } from './run-once.ts';

/** Lets files outside of this project import the SDK. */
const OFFERED = fileURLToPath(import.meta.resolve('@gantry/runners/offer-imports'));
const CASES = 'cases.json';

/** A script is tested by what it gives for what. */
const casesSchema = z.array(
  z.strictObject({
    name: z.string(),
    options: z.record(z.string(), z.json()).default({}),
    context: z.record(z.string(), z.json()).default({}),
    /** The output of the step before. */
    input: z.json().default(null),
    output: z.json().default(null),
    /** The code it is to fail with, instead of an output. */
    error: z.string().optional(),
  }),
);

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  say: (line: string) => void;
}

/**
 * Runs the tests of a module's folder, without any server. @returns whether they pass
 * @throws ModuleFolderError when there are none
 */
export async function testModule(module: ModuleFolder, surroundings: Surroundings): Promise<boolean> {
  if (module.test !== undefined) return runTests(module.test, module.folder, surroundings);
  switch (module.metadata.kind) {
    case 'node':
      return runTests([process.execPath, '--import', OFFERED, '--test'], module.folder, surroundings);
    case 'script':
      return runCases(module, surroundings);
    default:
      throw new ModuleFolderError(`${module.folder}: test: gantry.json does not say how its tests are run`);
  }
}

async function runTests([command = '', ...args]: string[], cwd: string, { env, say }: Surroundings): Promise<boolean> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => say(String(data).trimEnd()));
  const [code] = await once(child, 'close');
  return code === 0;
}

async function runCases(module: ModuleFolder, { env, say }: Surroundings): Promise<boolean> {
  const cases = await readCases(join(module.folder, CASES));
  let passed = true;
  for (const { name, output, error, ...given } of cases) {
    const result = await runOnce(module, { ...given, env, say });
    const gave = result.outcome === 'succeeded' ? { output: result.output } : { error: errorCode(result) };
    const fits = isDeepStrictEqual(gave, error === undefined ? { output } : { error });
    say(`${fits ? 'ok    ' : 'not ok'}  ${name}${fits ? '' : `: gave ${JSON.stringify(gave)}`}`);
    passed &&= fits;
  }
  return passed;
}

async function readCases(file: string): Promise<z.infer<typeof casesSchema>> {
  try {
    return casesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new ModuleFolderError(`${file}: ${problem}`);
  }
}

function errorCode(result: Awaited<ReturnType<typeof runOnce>>): string {
  return 'error' in result ? result.error.code : result.outcome;
}
