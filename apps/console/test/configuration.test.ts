import { expect } from 'vitest';
import { fail, flows } from './flows.ts';
import { accessibilityFaults, type Pages } from './pages.ts';

let pages: Pages;
const { signedIn } = flows((started) => {
  pages = started;
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

signedIn(
  'a schedule says that events start the assistant as well, until it runs by its schedules alone',
  async ({ page }) => {
    const steps = [{ ref: 'gantry/noop' }];
    const { id } = await pages.call('POST', '/api/assistants', {
      ...{ projectId: pages.projectId, name: 'Nightly', active: false, options: { pipeline: { steps } } },
    });
    await page.goto('/assistants');
    await page.getByRole('row', { name: 'Nightly' }).getByText('every event of its project').waitFor();
    await page.goto(`/assistants/${id}`);
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    const times = page.getByLabel('Second minute hour day month weekday');
    await times.fill('*/20 * * * * *');
    await page.getByText(/^Next: .*:20 .*:40 /).waitFor();
    const checks = Promise.withResolvers<void>();
    await page.route(/dry-run/, async (route) => {
      await checks.promise;
      await route.continue();
    });
    await times.fill('*/30 * * * * *');
    await page.getByText('Next: –').waitFor();
    checks.resolve();
    await page.getByText(/^Next: .*:30 /).waitFor();
    await times.fill('0 0 2 * * *');
    const hint = page.getByText('It runs on every event of its project as well');
    await hint.waitFor();
    await page.getByRole('button', { name: 'Run by its schedules alone' }).click();
    await hint.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('switch', { name: 'Switched off', disabled: false }).waitFor();
    await page.goto('/assistants');
    await page.getByRole('row', { name: 'Nightly' }).getByText('SCHEDULED').waitFor();
  },
);

signedIn('a step that nothing can run is saved, and told of', async ({ page }) => {
  const { id } = await pages.call('POST', '/api/assistants', {
    ...{ projectId: pages.projectId, name: 'Old step', subscription: 'TASK_CREATED', active: false },
    options: { pipeline: { steps: [{ ref: 'gantry/noop' }] } },
  });
  await page.goto(`/assistants/${id}`);
  await page.getByRole('combobox', { name: 'Module' }).fill('gantry/noop:9.0.0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('region', { name: 'Warnings' })
    .getByText(/no version 9.0.0 of gantry.noop. The newest:/)
    .waitFor();
});

signedIn('whoever wants to be told makes an alert, mutes it, and a webhook, which is tried', async ({ page }) => {
  await page.goto('/alerts');
  await page.getByRole('button', { name: 'New alert' }).click();
  await page.getByLabel('Name').fill('Invoices fail');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('cell', { name: 'more than 10 executions' }).waitFor();
  await page.getByText('Nobody is told when one fires').waitFor();
  await page.getByRole('button', { name: 'Invoices fail' }).click();
  await page.getByLabel('Failures, more than').fill('20');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.getByRole('cell', { name: 'more than 20 executions' }).waitFor();
  await page.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('menuitem', { name: 'for an hour' }).click();
  await page.getByText('muted until').waitFor();
  await pages.call('POST', '/api/alerts', {
    name: 'No GPU',
    condition: { kind: 'no-workers', minutes: 60, runtimeRef: 'acme/gpu' },
  });
  await page.getByRole('row', { name: 'No GPU' }).getByText('About to fire').waitFor();

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

signedIn('what a module failed is listed from its number', async ({ page }) => {
  const { id } = await pages.call('POST', '/api/executions', { pipeline: { steps: [fail] }, description: 'lost.pdf' });
  await page.goto(`/executions/${id}`);
  await page.locator('.page-head .status', { hasText: 'Failed' }).waitFor();
  await page.goto('/modules');
  await page
    .getByRole('row', { name: /gantry\/fail/ })
    .getByRole('link')
    .click();
  await page.getByRole('link', { name: /lost\.pdf/ }).waitFor();
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
