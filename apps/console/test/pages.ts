import { AxeBuilder } from '@axe-core/playwright';
import { startSystem } from '@gantry/launcher/system';
import { freshDatabase } from '@gantry/testkit/fresh-database';
import { freshRedis } from '@gantry/testkit/fresh-redis';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

type Client = (method: string, path: string, body?: object) => Promise<{ id: string; key: string }>;

export interface Pages {
  apiKey: string;
  /** Calls the api as a program would. */
  call: Client;
  /** A browser that nobody is signed in with. */
  open(options?: Parameters<Awaited<ReturnType<typeof chromium.launch>>['newContext']>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** A whole system with the built console, and a browser. */
export async function startPages(executablePath: string): Promise<Pages> {
  const database = await freshDatabase();
  const redis = await freshRedis();
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'warn', PORT: '0' };
  const system = await startSystem({
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, env },
  });
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const { apiUrl: url, apiKey } = system;
  return {
    apiKey,
    async call(method, path, body = {}) {
      const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
      const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
      return response.json();
    },
    open: (options) => browser.newContext({ baseURL: url, ...options }),
    async close() {
      await browser.close();
      await system.stop();
      await database.drop();
      await redis.cleanup();
    },
  };
}

/** The serious faults that axe finds on a page, and where. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
