const LOOK_MS = 30_000;
/** Of a core, between two looks: a process that does less is at rest. */
const BUSY = 0.05;

/**
 * Gives memory that a start or a load has left behind back to the system, once, when it has gone by. V8 does so only as
 * it makes new objects, and a process at rest makes few. It takes a tenth of a second, and nothing where Node runs without
 * `--expose-gc`.
 */
export function giveMemoryBackAtRest(lookMs = LOOK_MS): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let wasBusy = true;
  let before = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, before).utilization > BUSY;
    before = now;
    // What is regular keeps compiled code that is no longer used, and free pages.
    if (wasBusy && !busy) gc({ type: 'major', flavor: 'last-resort' });
    wasBusy = busy;
  }, lookMs).unref();
}
