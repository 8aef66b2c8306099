import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { accessibilityFaults, type Pages, startPages } from './pages.ts';

const executable = findChromium();

let pages: Pages;
beforeAll(async () => {
  if (executable !== undefined) pages = await startPages(executable);
}, 120_000);
afterAll(() => pages?.close());

test.skipIf(executable === undefined)(
  'somebody signs in, finds what failed, mends a filter, and restarts it; no page has a serious accessibility fault',
  { timeout: 240_000 },
  async () => {
    const pipeline = {
      steps: [
        { ref: 'gantry/echo', name: 'Read' },
        { ref: 'gantry/fail', name: 'Extract' },
      ],
    };
    await pages.call('POST', '/api/executions', { pipeline, description: 'invoice-4711.pdf' });
    const browser = await pages.open({ viewport: { width: 1440, height: 900 } });
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) refused.push(message.text());
    });
    page.setDefaultTimeout(60_000);
    const faults = async () => {
      const found = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        found.push(...(await accessibilityFaults(page)));
      }
      return found;
    };

    await page.goto('/executions');
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('unknown or revoked').waitFor();
    expect(await faults()).toEqual([]);
    await page.getByLabel('API key').fill(pages.apiKey);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.getByRole('link', { name: /invoice-4711/ }).waitFor();
    await page.locator('tbody .status', { hasText: 'Failed' }).waitFor();
    expect(await faults()).toEqual([]);
    const filter = page.getByRole('textbox', { name: 'Filter' });
    await filter.fill('staus eq FAILED');
    await filter.press('Enter');
    await page.getByRole('alert').getByText("^ the unknown field 'staus'").waitFor();
    await filter.fill('status eq FAILED');
    await filter.press('Enter');
    await page.getByRole('link', { name: /invoice-4711/ }).click();

    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(await faults()).toEqual([]);
    const failedAt = page.url();
    await page
      .getByRole('button', { name: /^(Run again|Restart from .*)$/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await page.getByText('Replaces').waitFor();
    expect(page.url()).not.toBe(failedAt);

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Failures by cause' }).waitFor();
    expect(await faults()).toEqual([]);
    expect(refused).toEqual([]);

    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    await browser.close();
  },
);
