import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { packBundle } from '@gantry/bundles/pack-bundle';
import { GantryClient } from '@gantry/client/gantry-client';
import { startSystem } from '@gantry/launcher/system';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

interface Made {
  id: string;
  key: string;
  options: { pipeline: { steps: { options: object }[] } };
  content: { id: string }[];
}

const VIEWPORT = { width: 1440, height: 900 };

type Client = (method: string, path: string, body?: object) => Promise<Made>;

export interface SignedIn {
  context: BrowserContext;
  page: Page;
  /** What the browser refused for the policy of the page. */
  refused: string[];
}

export interface Pages {
  apiUrl: string;
  apiKey: string;
  /** A project with a store. */
  projectId: string;
  /** Calls the api as a program would. */
  call: Client;
  /** Publishes a version of a module, a script. */
  publish(ref: string, version: string): Promise<void>;
  /** A browser that nobody is signed in with. */
  open(options?: Parameters<Awaited<ReturnType<typeof chromium.launch>>['newContext']>[0]): Promise<BrowserContext>;
  /** A page of somebody who is signed in. @param key else the first one */
  signIn(key?: string): Promise<SignedIn>;
  /** Ends the api, and whenever it has been started again, until what is given is done. */
  withoutApi(meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A whole system with the built console, and a browser. */
export async function startPages(executablePath: string): Promise<Pages> {
  const database = await freshDatabase();
  const redis = await freshRedis();
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'warn', WORKER_WARM_START: 'false', PORT: '0' };
  const system = await startSystem({
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, env, restart: true },
  });
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const { apiUrl: url, apiKey } = system;
  const call: Client = async (method, path, body) => {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  const open: Pages['open'] = (options) => browser.newContext({ baseURL: url, viewport: VIEWPORT, ...options });
  const { id: projectId } = await call('POST', '/api/projects', { name: 'Console' });
  await call('POST', '/api/stores', { name: 'Inbox', projectId });
  return {
    apiUrl: url,
    apiKey,
    projectId,
    call,
    publish: (ref, version) => publish(new GantryClient({ url, apiKey }), ref, version),
    open,
    async signIn(key = apiKey) {
      const context = await open();
      await context.request.post('/session', { data: { key }, failOnStatusCode: true });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) refused.push(message.text());
      });
      return { context, page, refused };
    },
    async withoutApi(meanwhile) {
      const killing = setInterval(() => {
        for (const process of system.processes) if (process.name === 'api') process.kill('SIGKILL');
      }, 50);
      await meanwhile().finally(() => clearInterval(killing));
    },
    async close() {
      await browser.close();
      await system.stop();
      await database.drop();
      await redis.cleanup();
    },
  };
}

async function publish({ modules }: GantryClient, ref: string, version: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-console-'));
  try {
    const script = `return '${version}'`;
    const bundle = join(folder, 'bundle.tgz');
    await mkdir(join(folder, 'module'));
    await writeFile(join(folder, 'module/script.js'), script);
    await packBundle(join(folder, 'module'), bundle);
    const description = `Counts since ${version}`;
    await modules.publish(
      ref,
      { version, name: ref, description, metadata: { kind: 'script', script } },
      await openAsBlob(bundle),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The serious faults that axe finds on a page in either theme, and where; a theme has colours of its own. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    // Without frames from elsewhere it need not gather what it finds on a page of its own, which takes as long as looking.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    for (const { id, nodes } of grave) {
      faults.push(`${page.url()} ${colorScheme} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    }
  }
  return faults;
}

/** Goes to a page of the console as its links do, without loading all of it again. */
export async function goTo(page: Page, place: string): Promise<void> {
  const shown = await page.locator('main h1').elementHandle();
  await page.evaluate((address) => {
    history.pushState({}, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  }, place);
  await shown?.waitForElementState('hidden');
  await page.locator('main h1').waitFor();
  await settled(page);
}

/** Waits until nothing of a page is still being read. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .mantine-Skeleton-root') === null);
}
