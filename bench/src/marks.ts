import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const MODULES_DIR = resolve(import.meta.dirname, '../modules');

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 60_000;

interface Mark {
  executionId: string;
  what: string;
  /** In ms since 1970. */
  at: number;
}

/** The file into which steps of modules/marker.ts write. */
export class Marks {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async in(folder: string): Promise<Marks> {
    const path = join(folder, 'marks');
    await writeFile(path, '');
    return new Marks(path);
  }

  async read(): Promise<Mark[]> {
    const lines = (await readFile(this.path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const [executionId = '', ...rest] = line.split(' ');
      return { executionId, what: rest.slice(0, -1).join(' '), at: Number(rest.at(-1)) };
    });
  }

  /** Resolves once there are so many that match. */
  async until(count: number, matches: (mark: Mark) => boolean): Promise<Mark[]> {
    for (const giveUpAt = Date.now() + PATIENCE_MS; ; await delay(LOOK_EVERY_MS)) {
      const found = (await this.read()).filter(matches);
      if (found.length >= count) return found;
      if (Date.now() > giveUpAt) throw new Error(`only ${found.length} of ${count} steps left their mark`);
    }
  }
}
