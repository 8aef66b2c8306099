/**
 * Loaded into the apps before anything else: makes the clock of a role wrong by as many milliseconds as the file says that
 * has its name, in the folder that the query of this file's URL names.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 100;

const folder = new URL(import.meta.url).searchParams.get('folder');
const role = /apps[\\/](\w+)[\\/]/.exec(process.argv[1] ?? '')?.[1];
if (folder && role) makeWrong(join(folder, role));

function makeWrong(file: string): void {
  let offsetMs = 0;
  const now = () => RightDate.now() + offsetMs;
  const RightDate = Date;
  globalThis.Date = new Proxy(RightDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  const look = () => {
    try {
      offsetMs = Number(readFileSync(file, 'utf8'));
    } catch {
      offsetMs = 0;
    }
  };
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
}
