import { expect } from 'vitest';
import { fail, flows } from './flows.ts';
import type { Pages } from './pages.ts';

let pages: Pages;
const { signedIn } = flows((started) => {
  pages = started;
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

signedIn(
  'what failed for a module that there is not goes on once its step is corrected in the assistant',
  async ({ page }) => {
    const pipelineOf = (ref: string) => ({ pipeline: { steps: [{ ref, name: 'Read' }] } });
    const { id } = await pages.call('POST', '/api/assistants', {
      ...{
        projectId: pages.projectId,
        name: 'Outdated',
        subscription: 'TASK_CREATED',
        options: pipelineOf('gantry/echo:0.0.9'),
      },
    });
    for (const taskId of ['815', '816']) {
      await pages.call('POST', '/api/events', { eventType: 'TASK_CREATED', taskId, projectId: pages.projectId });
    }
    const outdated = `assistantId eq '${id}' and status eq 'FAILED'`;
    await page.goto(`/executions?${new URLSearchParams({ filter: outdated })}`);
    await page.locator('tbody').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Run again' }).click();
    const single = page.getByRole('dialog');
    await single.getByText('No option mends this.').waitFor();
    expect(await single.getByRole('group', { name: 'Options' }).count()).toBe(0);
    expect(await single.getByText('taken over').count()).toBe(0);
    await single.getByRole('link', { name: 'Outdated' }).click();
    await page.getByRole('heading', { name: 'Outdated' }).waitFor();

    await page.goto('/');
    const cause = page.getByRole('row', { name: /no version .* of gantry\/echo/ });
    await cause.getByRole('cell', { name: '2', exact: true }).waitFor();
    await cause.getByRole('button', { name: 'Mend and restart' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The newest: ').waitFor();
    await dialog.getByText('No option mends this.').waitFor();
    expect(await dialog.getByText('taken over').count()).toBe(0);
    expect(await dialog.getByRole('group', { name: 'Options' }).count()).toBe(0);
    await pages.call('PUT', `/api/assistants/${id}`, { options: pipelineOf('gantry/echo') });
    await dialog.getByRole('button', { name: 'Restart 2' }).click();
    await dialog.getByText('2 of 2 restarted').waitFor();
    await dialog.getByRole('link', { name: 'See how they go' }).click();
    const succeeded = page.locator('tbody tr', { hasText: 'Outdated' }).locator('.status', { hasText: 'Succeeded' });
    await succeeded.nth(1).waitFor();
  },
);
