import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Run, runGantry } from './run-gantry.ts';
import { startTestGantry, type TestGantry } from './test-gantry.ts';

/** What the tests of a file type their commands into. */
export interface Terminal {
  system: TestGantry;
  /** The folder that commands are run in. */
  folder: string;
  gantry(...args: string[]): Promise<Run>;
  /** The JSON that a command prints. */
  json<Answer>(...args: string[]): Promise<Answer>;
  /** Writes a file there; answers with its name. */
  file(name: string, content: string): Promise<string>;
}

/** Started before the tests of the file, and stopped after them. */
export function openTerminal(): Terminal {
  const terminal = {} as Terminal;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gantry-cli-'));
    const system = await startTestGantry();
    const { apiUrl, apiKey } = system.system;
    const gantry = (...args: string[]) =>
      runGantry(args, { env: { GANTRY_URL: apiUrl, GANTRY_API_KEY: apiKey }, cwd: folder });
    Object.assign(terminal, {
      system,
      folder,
      gantry,
      async json(...args: string[]) {
        const { code, stdout, stderr } = await gantry(...args, '--json');
        expect([code, stderr]).toEqual([0, '']);
        return JSON.parse(stdout);
      },
      async file(name: string, content: string) {
        await writeFile(join(folder, name), content);
        return name;
      },
    });
  });
  afterAll(async () => {
    await terminal.system?.stop();
    if (terminal.folder !== undefined) await rm(terminal.folder, { recursive: true });
  });
  return terminal;
}

/** The cells of a line of a table. */
export function cells(line = ''): string[] {
  return line.trim().split(/ {2,}/);
}
