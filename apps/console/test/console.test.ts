import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { accessibilityFaults, goTo, type Pages, type SignedIn, settled, startPages } from './pages.ts';

const executable = findChromium();

let pages: Pages;
beforeAll(async () => {
  if (executable !== undefined) pages = await startPages(executable);
}, 120_000);
afterAll(() => pages?.close());

const flow = (name: string, play: () => Promise<void>) =>
  test.skipIf(executable === undefined)(name, { timeout: 300_000 }, play);

/** With a page of somebody who is signed in, at the end of which the browser has refused nothing. */
const signedIn = (name: string, play: (visit: SignedIn) => Promise<void>) =>
  flow(name, async () => {
    const visit = await pages.signIn();
    await play(visit);
    expect(visit.refused).toEqual([]);
    await visit.context.close();
  });

const fail = { ref: 'gantry/fail', name: 'Extract' };
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

signedIn('what runs is cancelled', async ({ page }) => {
  const pipeline = { steps: [{ ref: 'gantry/sleep', options: { ms: 600_000 } }] };
  const { id } = await pages.call('POST', '/api/executions', { pipeline });
  await page.goto(`/executions/${id}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('.page-head .status', { hasText: 'Cancelled' }).waitFor();
});

signedIn('a failed step is run again with another option, the step before it is not', async ({ page }) => {
  const pipeline = { steps: [{ ref: 'gantry/echo', name: 'Read' }, fail] };
  const { id } = await pages.call('POST', '/api/executions', { pipeline });
  await page.goto(`/executions/${id}`);
  await page.getByRole('button', { name: 'Restart from Extract' }).click();
  await page.getByRole('dialog').getByLabel('failTimes').fill('0');
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await page.getByText('Replaces').waitFor();
  await page.locator('.page-head .status', { hasText: 'Succeeded' }).waitFor();
  await page.getByRole('button', { name: 'Read', exact: true }).click();
  await page.getByText('taken over from').waitFor();
});

signedIn(
  'all that failed for one reason goes on with the option mended, there and in the assistant',
  async ({ page }) => {
    const steps = [
      { ref: 'gantry/echo', name: 'Read' },
      { ...fail, options: { message: 'No ledger 4711' } },
    ];
    const { id } = await pages.call('POST', '/api/assistants', {
      ...{ projectId: pages.projectId, name: 'Ledger', subscription: 'TASK_CREATED', options: { pipeline: { steps } } },
    });
    for (const taskId of ['4711', '4712']) {
      await pages.call('POST', '/api/events', { eventType: 'TASK_CREATED', taskId, projectId: pages.projectId });
    }
    await page.goto('/');
    const cause = page.getByRole('row', { name: /No ledger/ });
    await cause.getByRole('cell', { name: '2', exact: true }).waitFor();
    await cause.getByRole('button', { name: 'Mend and restart' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('failTimes').fill('0');
    await dialog.getByRole('button', { name: 'Restart 2' }).click();
    await dialog.getByText('2 of 2 restarted').waitFor();
    await dialog.getByRole('link', { name: 'See how they go' }).click();
    const succeeded = page.locator('tbody tr', { hasText: 'Ledger' }).locator('.status', { hasText: 'Succeeded' });
    await succeeded.nth(1).waitFor();
    const { options } = await pages.call('GET', `/api/assistants/${id}`);
    expect(options.pipeline.steps[1]?.options).toMatchObject({ failTimes: 0 });
  },
);

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

signedIn('an assistant is edited, a mistake is told as it is typed, and a revision restored', async ({ page }) => {
  const steps = [
    { ref: 'gantry/noop', name: 'First' },
    { ...fail, options: { message: 'no' } },
  ];
  const { id } = await pages.call('POST', '/api/assistants', {
    ...{ projectId: pages.projectId, name: 'Edited', subscription: 'hasLabel("x")', options: { pipeline: { steps } } },
  });
  await page.goto(`/assistants/${id}`);
  await page.getByLabel('Only if').first().fill('context.');
  await page.getByText("expected a name after '.'").waitFor();
  await page.getByLabel('Only if').first().fill('context.pages > 1');
  await page.getByRole('button', { name: 'Move step 1 down' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: '2 (now)' }).waitFor();

  await page.getByRole('button', { name: 'Would it start?' }).click();
  await page.getByText('No, it would not start.').waitFor();
  await page.getByRole('button', { name: 'Compare' }).first().click();
  await page.getByText('+ ', { exact: false }).first().waitFor();
  await page.getByRole('button', { name: 'Restore 1' }).click();
  await page.getByRole('cell', { name: '3 (now)' }).waitFor();
  expect(await page.getByLabel('Name').nth(1).inputValue()).toBe('First');
  await page.getByText('YAML', { exact: true }).click();
  await page.getByText('hasLabel("x")').waitFor();
});

signedIn('an assistant is made, in a project that is made on the way, and leads to its page', async ({ page }) => {
  await page.goto('/assistants');
  await page.getByRole('button', { name: 'New assistant' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Letters');
  await dialog.getByLabel('Project').selectOption('A new project');
  await dialog.getByLabel('Name of the new project').fill('Post');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('heading', { name: 'Letters' }).waitFor();
});

signedIn('whoever wants to be told makes an alert, mutes it, and a webhook, which is tried', async ({ page }) => {
  await page.goto('/alerts');
  await page.getByRole('button', { name: 'New alert' }).click();
  await page.getByLabel('Name').fill('Invoices fail');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('cell', { name: 'more than 10 executions' }).waitFor();
  await page.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('menuitem', { name: 'for an hour' }).click();
  await page.getByText('muted until').waitFor();

  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  await page.getByLabel('Address').fill('https://127.0.0.1:9/gantry');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('is shown this once').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('link', { name: '127.0.0.1' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('cell', { name: 'webhook.test' }).waitFor();
});

signedIn(
  'the versions of a module are looked at, and one is withdrawn, so that the one before is the latest',
  async ({ page }) => {
    await pages.publish('acme/counter', '1.0.0');
    await pages.publish('acme/counter', '1.1.0');
    await page.goto('/modules');
    const module = page.getByRole('region', { name: 'acme/counter', exact: true });
    await page.getByRole('button', { name: 'acme/counter' }).click();
    const row = (version: string) => module.getByRole('row', { name: version });
    await row('1.1.0').getByText('latest').waitFor();
    expect(await row('1.1.0').textContent()).toContain('Counts since 1.1.0');
    expect(await accessibilityFaults(page)).toEqual([]);

    page.once('dialog', (dialog) => void dialog.accept());
    await module.getByRole('button', { name: 'Withdraw 1.1.0' }).click();
    await row('1.0.0').getByText('latest').waitFor();
    await row('1.1.0').getByText('withdrawn').waitFor();

    page.once('dialog', (dialog) => void dialog.accept());
    await module.getByRole('button', { name: 'Withdraw 1.0.0' }).click();
    await module.getByText('All of its versions are withdrawn').waitFor();
    await row('1.0.0').getByText('withdrawn').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'acme/counter (withdrawn)' }).click();
    await row('1.1.0').getByText('withdrawn').waitFor();
    expect(await module.getByText('latest').count()).toBe(0);
    await pages.publish('acme/counter', '1.2.0');

    const { key } = await pages.call('POST', '/api/keys', { name: 'reader', scopes: ['executions:read'] });
    const reader = await pages.signIn(key);
    await reader.page.goto('/modules');
    await reader.page.getByRole('button', { name: 'acme/counter' }).click();
    await reader.page.getByText('latest').waitFor();
    expect(await reader.page.getByRole('button', { name: /^Withdraw/ }).count()).toBe(0);
    await reader.context.close();
  },
);

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
  const { key } = await pages.call('POST', '/api/organizations', { name: 'Elsewhere' });
  const { page, context } = await pages.signIn(key);
  await page.goto('/executions');
  await page.getByText('Nothing has run yet').waitFor();
  await page.getByText('Elsewhere').waitFor();
  const { id } = await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] } });
  await page.goto(`/executions/${id}`);
  await page.getByRole('alert').getByText('NOT_FOUND').waitFor();
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
    const firstOf = async (list: string) => (await pages.call('GET', `/api/${list}`)).content[0]?.id;
    const [family, webhook, operation] = await Promise.all([
      firstOf('document-families'),
      firstOf('webhooks'),
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
