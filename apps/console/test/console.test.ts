import { expect } from 'vitest';
import { faxPage } from './fax-page.ts';
import { fail, flows } from './flows.ts';
import { accessibilityFaults, goTo, type Pages, settled } from './pages.ts';

let pages: Pages;
const { flow, signedIn } = flows((started) => {
  pages = started;
});

const FAILED = "status eq 'FAILED'";

flow('somebody signs in, finds what failed, and mends a filter; the same page is there for signing out', async () => {
  const pipeline = { steps: [{ ref: 'gantry/echo', name: 'Read' }, fail] };
  await pages.call('POST', '/api/executions', { pipeline, description: 'invoice-4711.pdf' });
  const context = await pages.open();
  const page = await context.newPage();
  await page.goto('/executions');
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('unknown or revoked').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('API key').fill(pages.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await page.getByRole('link', { name: /invoice-4711/ }).waitFor();
  const filter = page.getByRole('textbox', { name: 'Filter' });
  await filter.fill('staus eq FAILED');
  await filter.press('Enter');
  await page.getByRole('alert').getByText("^ the unknown field 'staus'").waitFor();
  await filter.fill('status eq FAILED');
  await filter.press('Enter');
  await page.getByRole('link', { name: /invoice-4711/ }).waitFor();

  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  await context.close();
});

flow('scripts come compressed', async () => {
  const page = await (await fetch(pages.apiUrl)).text();
  const script = /\/assets\/[\w-]+\.js/.exec(page)?.[0] ?? '';
  const { headers } = await fetch(pages.apiUrl + script, { headers: { 'accept-encoding': 'gzip' } });
  expect(headers.get('content-encoding')).toBe('gzip');
});

signedIn('a document is uploaded, read, and what was read is opened beside it', async ({ page }) => {
  await pages.call('POST', '/api/assistants', {
    ...{ projectId: pages.projectId, name: 'Keeper', subscription: 'CONTENT_CREATED' },
    options: { pipeline: { steps: [{ ref: 'gantry/echo', name: 'Look' }] } },
  });
  await page.goto('/documents');
  const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear reader') };
  await page.getByRole('button', { name: 'Upload files', disabled: false }).waitFor();
  await page.locator('input[type=file]').setInputFiles([note]);
  const dropped = await page.evaluateHandle(() => {
    const files = new DataTransfer();
    for (const name of ['one.txt', 'two.txt']) files.items.add(new File(['Dear all'], name));
    return files;
  });
  await page.route(/\/upload/, (route) => route.abort());
  await page.dispatchEvent('h1', 'drop', { dataTransfer: dropped });
  await page.getByRole('button', { name: 'Try two.txt again' }).waitFor();
  await page.unroute(/\/upload/);
  await page.getByRole('link', { name: 'Executions' }).click();
  await page.getByRole('heading', { name: 'Executions' }).waitFor();
  await page.getByRole('link', { name: 'of 3 uploaded' }).click();
  await page.getByRole('button', { name: 'Try one.txt again' }).click();
  await page.getByRole('button', { name: 'Try two.txt again' }).click();
  await page.getByText('3 of 3 uploaded').waitFor();
  await page.getByRole('region', { name: 'Documents' }).getByRole('link', { name: 'note.txt' }).click();
  await page.getByText('Dear reader').waitFor();
  await page.getByRole('combobox', { name: 'Labels' }).fill('urgent');
  await page.keyboard.press('Enter');
  await page.locator('.mantine-Pill-root', { hasText: 'urgent' }).waitFor();
  const row = page.getByRole('region', { name: 'Executions' }).getByRole('row');
  await row.getByText('Succeeded').waitFor();
  await row.getByRole('link').click();
  await page.getByRole('region', { name: 'Document' }).getByText('Dear reader').waitFor();
  await page.getByRole('tab', { name: 'Output' }).click();
  await page.getByRole('region', { name: 'JSON' }).first().getByText('previousOutput').waitFor();
});

signedIn('a scan is drawn', async ({ page }) => {
  await page.goto('/documents');
  await page.getByRole('button', { name: 'Upload files', disabled: false }).waitFor();
  await page
    .locator('input[type=file]')
    .setInputFiles([{ name: 'scan.pdf', mimeType: 'application/pdf', buffer: faxPage() }]);
  await page.getByRole('region', { name: 'Documents' }).getByRole('link', { name: 'scan.pdf' }).click();
  await page.getByRole('img', { name: 'Page 1 of 1' }).waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector('canvas');
    const dot = canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
    return dot !== undefined && dot[0] === 0 && dot[3] === 255;
  });
  expect(await accessibilityFaults(page)).toEqual([]);
});

signedIn('what runs is cancelled', async ({ page }) => {
  const pipeline = { steps: [{ ref: 'gantry/sleep', options: { ms: 600_000 } }] };
  const { id } = await pages.call('POST', '/api/executions', { pipeline });
  await page.goto(`/executions/${id}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('.page-head .status', { hasText: 'Cancelled' }).waitFor();
});

signedIn('what came of an execution is told on its page, and what was logged last', async ({ page }) => {
  const run = { ref: 'gantry/sleep', options: { ms: 3_000 } };
  const pipeline = { steps: [run, { ...fail, options: { message: 'No date on it' } }] };
  const parent = await pages.call('POST', '/api/executions', { pipeline, description: 'letter.pdf' });
  const { id } = await pages.call('POST', '/api/assistants', {
    ...{ projectId: pages.projectId, name: 'Page reader', subscription: 'MESSAGE_CREATED' },
    options: { pipeline: { steps: [{ ref: 'gantry/echo', name: 'Look' }] } },
  });
  await pages.call('POST', `/api/projects/${pages.projectId}/assistants/${id}/events`, {
    ...{ eventType: 'TASK_CREATED', options: { page: 4 }, parentExecutionId: parent.id },
  });
  await page.goto(`/executions/${parent.id}`);
  await page.getByRole('region', { name: 'Lines' }).getByText('No date on it').waitFor();
  const child = page.getByRole('region', { name: 'Children' }).getByRole('row', { name: 'Page reader' });
  await child.getByText('Succeeded').waitFor();
  await child.getByRole('link', { name: 'page 4' }).click();
  await page.getByRole('heading', { name: 'Page reader' }).waitFor();
  await page
    .getByRole('definition')
    .getByRole('link', { name: parent.id.slice(-12) })
    .click();
  await page.getByRole('heading', { name: 'letter.pdf' }).waitFor();
});

signedIn('of a long log the end is shown while it is written, and what is before it on demand', async ({ page }) => {
  const script = `
    for (let i = 0; i < 1000; i += 1) logger.info('run ' + options.run + ', line ' + i);
    if (options.stays) await clock.sleep(600_000);`;
  await pages.call('POST', '/api/modules', { ref: 'acme/chatty', metadata: { kind: 'script', script } });
  const steps = [1, 2, 3, 4].map((run) => ({ ref: 'module://acme/chatty', options: { run, stays: run === 4 } }));
  const { id } = await pages.call('POST', '/api/executions', { pipeline: { steps } });
  await page.goto(`/executions/${id}`);
  const lines = page.getByRole('region', { name: 'Lines' });
  await lines.getByText(/^500 more entries are held back.*run 4, line 999$/s).waitFor();
  // What came while it was watched is all there; whoever comes now is shown the end.
  await page.reload();
  await page.getByRole('region', { name: 'Step', exact: true }).getByText('acme/chatty', { exact: true }).waitFor();
  await lines.getByText('2,501 earlier lines are not shown').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await lines.getByRole('button', { name: 'Show earlier lines' }).click();
  await lines.getByText('1,501 earlier lines are not shown').waitFor();
  await lines.getByRole('button', { name: 'Show earlier lines' }).click();
  await lines.getByText(`501 earlier lines are not shown. All of them: gantry logs ${id}`).waitFor();
  await lines.getByText('run 1, line 501', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await lines.getByText('run 4, line 999', { exact: true }).waitFor();
});

signedIn('a page that lacks a part of it says so, and leaves the others to be gone to', async ({ page }) => {
  await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] } });
  await page.route(/assets\/bulk-actions/, (route) => route.abort());
  await page.goto('/executions');
  await page.getByLabel('Choose all on this page').click();
  await page.getByRole('button', { name: 'Load it again' }).waitFor();
  await page.getByRole('link', { name: 'Documents' }).click();
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
});

signedIn('what cannot be done of a bulk operation is told with its reason', async ({ page }) => {
  const pipeline = { steps: [{ ref: 'gantry/echo', name: 'Read' }, fail] };
  const { id } = await pages.call('POST', '/api/executions', { pipeline, description: 'of no assistant' });
  const filter = `${FAILED} and id eq '${id}'`;
  await page.goto(`/executions?${new URLSearchParams({ filter })}`);
  await page.getByRole('link', { name: /of no assistant/ }).waitFor();
  await pages.call('POST', '/api/executions/restart', { filter, pipeline: 'current' });
  await page.getByLabel('Choose all on this page').check();
  await page.getByRole('button', { name: 'Reprocess', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reprocess 1' }).click();
  await page.getByRole('dialog').getByText('1 of 1 made to run again').waitFor();
  await page.goto('/bulk');
  await page
    .getByRole('row', { name: /restart/ })
    .first()
    .getByRole('link')
    .click();
  await page.getByRole('region', { name: 'What could not be done' }).getByText('no assistant').waitFor();
});

flow('a key that may only read is offered nothing else', async () => {
  const description = 'only to be read';
  await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] }, description });
  const { key } = await pages.call('POST', '/api/keys', { name: 'reader', scopes: ['executions:read'] });
  const { page, context } = await pages.signIn(key);
  await page.goto('/executions');
  await page.getByRole('link', { name: description }).click();
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  for (const name of [/^Restart/, /^Run/, /^Cancel/]) expect(await page.getByRole('button', { name }).count()).toBe(0);
  for (const name of ['API keys', 'Audit', 'Queues']) expect(await page.getByRole('link', { name }).count()).toBe(0);
  for (const place of ['/', '/documents', '/assistants', '/alerts', '/webhooks', '/bulk']) {
    await page.goto(place);
    await page.locator('main h1').waitFor();
    await settled(page);
    for (const name of [/^New/, /^Upload/, /^Mend/, /^Mute/]) {
      expect(await page.getByRole('button', { name }).count(), place).toBe(0);
    }
  }
  await context.close();
});

signedIn(
  'while the api starts again a banner says so; it goes by itself, and what was typed stays',
  async ({ page }) => {
    await page.goto('/executions');
    const filter = page.getByRole('textbox', { name: 'Filter' });
    await filter.fill('priority gt 9');
    const banner = page.getByText('Gantry does not answer.').first();
    await pages.withoutApi(() => banner.waitFor());
    await banner.waitFor({ state: 'detached' });
    expect(await filter.inputValue()).toBe('priority gt 9');
    await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] }, description: 'made afterwards' });
    // It is announced, unless the page has just read all anew because it may have missed some.
    const announced = page.getByRole('button', { name: /\d new/ });
    const listed = page.getByRole('link', { name: /made afterwards/ });
    await announced.or(listed).first().waitFor();
    if (await announced.isVisible()) await announced.click();
    await listed.waitFor();
  },
);

flow('an organization sees nothing of another', async () => {
  const { key } = await pages.call('POST', '/api/organizations', { name: 'Elsewhere, behind the seven hills' });
  const { page, context } = await pages.signIn(key);
  await page.goto('/executions');
  await page.getByText('Nothing has run yet').waitFor();
  await page.getByText('Elsewhere').waitFor();
  await page.setViewportSize({ width: 390, height: 780 });
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await page.keyboard.press('Escape');
  const { id } = await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] } });
  await page.goto(`/executions/${id}`);
  await page.getByRole('heading', { name: 'Not found' }).waitFor();
  await context.close();
});

signedIn(
  'pages are gone to by keyboard, and none has a serious accessibility fault in either theme',
  async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Failures by cause' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Go to' }).fill('audit');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit' }).waitFor();

    const { id: execution } = await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] } });
    const { id: assistant } = await pages.call('POST', '/api/assistants', {
      ...{ projectId: pages.projectId, name: 'Read', subscription: 'TASK_CREATED' },
      options: { pipeline: { steps: [fail] } },
    });
    const { id: webhook } = await pages.call('POST', '/api/webhooks', {
      ...{ url: 'https://127.0.0.1:9/gantry', events: ['execution.failed'] },
    });
    await pages.call('POST', '/api/alerts', { name: 'No worker', condition: { kind: 'no-workers' } });
    const firstOf = async (list: string) => (await pages.call('GET', `/api/${list}`)).content[0]?.id;
    const [family, operation] = await Promise.all([
      firstOf('document-families'),
      firstOf('bulk-operations?filter=failed gt 0'),
    ]);
    const faults = await accessibilityFaults(page);
    for (const place of [
      ...['/', '/executions', `/executions/${execution}`, '/documents', `/documents/${family}`],
      ...['/assistants', `/assistants/${assistant}`, '/modules', '/runtimes', `/bulk?operation=${operation}`],
      ...['/alerts', '/webhooks', `/webhooks/${webhook}`, '/keys'],
    ]) {
      await goTo(page, place);
      faults.push(...(await accessibilityFaults(page)));
    }
    expect(faults).toEqual([]);
  },
);
