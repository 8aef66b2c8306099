import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { type Pages, type SignedIn, startPages } from './pages.ts';

/** A step that fails until its option `failTimes` is 0. */
export const fail = { ref: 'gantry/fail', name: 'Extract' };

/**
 * Gives a file of tests a system and a browser of its own.
 * @param take gets them before the first test
 */
export function flows(take: (pages: Pages) => void) {
  const executable = findChromium();
  let pages: Pages | undefined;
  beforeAll(async () => {
    if (executable === undefined) return;
    pages = await startPages(executable);
    take(pages);
  }, 120_000);
  afterAll(() => pages?.close());

  const flow = (name: string, play: () => Promise<void>) =>
    test.skipIf(executable === undefined)(name, { timeout: 300_000 }, play);

  /** With a page of somebody who is signed in, at the end of which the browser has refused nothing. */
  const signedIn = (name: string, play: (visit: SignedIn) => Promise<void>) =>
    flow(name, async () => {
      if (pages === undefined) throw new Error('There is no system.');
      const visit = await pages.signIn();
      await play(visit);
      expect(visit.refused).toEqual([]);
      await visit.context.close();
    });
  return { flow, signedIn };
}
