import { expect } from 'vitest';
import { fail, flows } from './flows.ts';
import { accessibilityFaults, type Pages, settled } from './pages.ts';

let pages: Pages;
const { flow, signedIn } = flows((started) => {
  pages = started;
});

flow('a phone shows long texts in part, nothing beyond its edge, and room for a thumb', async () => {
  const description = `letter_${'of_one_word_'.repeat(30)}`;
  const name = `step_${'named_at_length_'.repeat(10)}`;
  const steps = [{ ...fail, name, options: { message: 'The sum of line 17 is wrong; '.repeat(60) } }];
  const { id } = await pages.call('POST', '/api/executions', { pipeline: { steps }, description });
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const context = await pages.open(phone);
  await context.request.post('/session', { data: { key: pages.apiKey }, failOnStatusCode: true });
  const page = await context.newPage();
  await page.goto(`/executions/${id}`);
  await page.locator('.page-head .status', { hasText: 'Failed' }).waitFor();
  for (const place of [`/executions/${id}`, '/executions', '/', '/alerts']) {
    await page.goto(place);
    await page.locator('main h1').waitFor();
    await settled(page);
    const narrow = await page.evaluate(() =>
      [...document.querySelectorAll('main :is(.mantine-Button-root, .chip, input[type="checkbox"]:not([role]))')]
        .map((element) => ({ of: element.outerHTML, ...element.getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => width > 0 && (width < 24 || height < 24)),
    );
    expect(narrow, place).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBe(phone.viewport.width);
    const tall = page.locator('main h1, .cause').filter({ hasText: /letter|line 17/ });
    for (const each of await tall.all()) expect((await each.boundingBox())?.height, place).toBeLessThan(100);
  }
  await context.close();
});

signedIn('keys of the list act neither behind a dialog nor in place of what has the focus', async ({ page }) => {
  await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] }, description: 'chosen by key' });
  await page.goto('/executions');
  await page.getByRole('link', { name: /chosen by key/ }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByRole('button', { name: 'Reprocess', exact: true }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Close the dialog' }).waitFor();
  await page.keyboard.press('x');
  await dialog.getByRole('button', { name: 'Reprocess 1' }).waitFor();
  await page.waitForFunction(() => document.getAnimations().length === 0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('1 chosen').waitFor();

  await page.getByRole('link', { name: 'Documents' }).press('Enter');
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
  await page.locator('main:focus').waitFor();
  await page.goto('/runtimes');
  await page.getByRole('heading', { name: 'Runtimes' }).waitFor();
  await page.keyboard.press('Tab');
  await page.locator('button:focus', { hasText: 'Skip to the content' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('main:focus').waitFor();
});

signedIn('what cannot be read again is said, and what was read before stays', async ({ page }) => {
  const refuse = (what: RegExp) =>
    page.route(what, (route) => route.fulfill({ status: 500, json: { code: 'INTERNAL', detail: 'It broke' } }));
  await page.goto('/');
  await page.getByRole('heading', { name: 'Failures by cause' }).waitFor();
  await refuse(/api\/overview/);
  await page.getByText('What is shown may be old. It could not be read again: It broke').waitFor();
  await page.getByRole('heading', { name: 'Failures by cause' }).waitFor();
  await page.unroute(/api\/overview/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('What is shown may be old').waitFor({ state: 'detached' });

  await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] }, description: 'half of it' });
  await refuse(/status-messages/);
  await page.goto('/executions');
  await page.getByRole('link', { name: /half of it/ }).click();
  await page.getByRole('alert').getByText('It broke').waitFor();
  expect(await page.title()).toBe('Not read · Gantry');
  await page.getByRole('main').getByRole('link', { name: 'Executions' }).waitFor();
  await page.unroute(/status-messages/);
  await refuse(/logs/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('region', { name: 'Logs' }).getByRole('alert').getByText('It broke').waitFor();
});

signedIn('what a page is asked to show stays in its address', async ({ page }) => {
  await page.goto('/modules');
  const search = page.getByRole('textbox', { name: 'Search modules' });
  await search.fill('no operation');
  await page.getByText('7 days').click();
  await page.waitForURL(/query=no.operation/);
  await page.reload();
  await page.getByRole('row', { name: /No operation/ }).waitFor();
  expect(await search.inputValue()).toBe('no operation');
  expect(await page.getByRole('row').count()).toBe(2);
  expect(await page.getByRole('radio', { name: '7 days' }).isChecked()).toBe(true);

  await page.getByRole('link', { name: 'Documents' }).click();
  await page.getByRole('textbox', { name: 'Search documents' }).fill('4711');
  await page.waitForURL(/documents\?query=/);
  await page.reload();
  await page.getByText('No document matches').waitFor();
  await page.goBack();
  await search.waitFor();
  expect(await search.inputValue()).toBe('no operation');
});
