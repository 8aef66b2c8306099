import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BuiltInDefinition } from './module-definitions.ts';

const ENTRY = fileURLToPath(new URL('./definitions-process.ts', import.meta.url));
const LIMITS = { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 };

/**
 * The definitions of the modules that ship with Gantry, asked of a process that ends: the libraries of all modules would
 * stay in the memory of whoever imports them to look.
 */
export async function toldDefinitions(): Promise<BuiltInDefinition[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [ENTRY], LIMITS);
  return JSON.parse(stdout);
}
