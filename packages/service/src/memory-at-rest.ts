const LOOK_MS = 30_000;
/** Of a core, between two looks: a process that does less is at rest. */
const BUSY = 0.05;
/** So many looks at rest, and a load has gone by: until then the next one finds everything compiled. */
const LONG = 5;

/**
 * Gives memory that a start or a load has left behind back to the system, once, when it has gone by for a while. V8 does so only
 * as it makes new objects, and a process at rest makes few. It takes a tenth of a second, and what was compiled is compiled anew
 * when it is needed. Nothing is done where Node runs without `--expose-gc`.
 */
export function giveMemoryBackAtRest(lookMs = LOOK_MS): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let quiet = 0;
  let before = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    quiet = utilization > BUSY ? 0 : quiet + 1;
    // What is regular keeps compiled code that is no longer used, and free pages.
    if (quiet === LONG) gc({ type: 'major', flavor: 'last-resort' });
  }, lookMs).unref();
}
