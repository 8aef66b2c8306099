import { watch } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDERS = ['apps/api/src', 'apps/scheduler/src', 'apps/worker/src', 'packages'];
const SOURCE = /\.(ts|sql|lua)$/;
const NOT_RUN = /\.test\.ts$|(^|\/)node_modules\//;

/** An editor writes a file in several steps. */
const SETTLE_MS = 200;

/** Calls back when the source files that apps run have changed. @returns what ends it */
export function watchSources(onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const watchers = FOLDERS.map((folder) =>
    watch(resolve(ROOT, folder), { recursive: true }, (_event, file) => {
      if (file === null || !SOURCE.test(file) || NOT_RUN.test(file)) return;
      clearTimeout(settling);
      settling = setTimeout(onChange, SETTLE_MS);
    }),
  );
  return () => {
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}
