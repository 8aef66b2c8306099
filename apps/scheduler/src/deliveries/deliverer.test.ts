import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseAllowList } from '@gantry/outbound/address-rules';
import { createOutboundHttp } from '@gantry/outbound/outbound-http';
import { newWebhookSecret, signWebhook } from '@gantry/outbound/webhook-signature';
import type { Leadership } from '@gantry/record/leader/leadership';
import { ensureOrganization } from '@gantry/record/organizations/ensure-organization';
import type { Row } from '@gantry/record/schema/tables';
import { createWebhook } from '@gantry/record/webhooks/create-webhook';
import { rotateSecret } from '@gantry/record/webhooks/rotate-secret';
import { sendTest } from '@gantry/record/webhooks/send-test';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../../test/fresh-scheduler.ts';
import { deliverer } from './deliverer.ts';
import { sender } from './sender.ts';

interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let scheduler: FreshScheduler;
let organizationId: string;
let leadership: Leadership;
let receiver: Server;
/** What the receiver got, and what it answers with next; 200 when that is over. */
let got: Got[];
let answers: [number, Record<string, string>?][];
let mails: string[];
let mailServer: SMTPServer;

const outbound = createOutboundHttp(parseAllowList(['127.0.0.1']));
const urlOf = (server: Server, path = '/') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  scheduler = await freshScheduler();
  leadership = await scheduler.lead();
  ({ id: organizationId } = await ensureOrganization(scheduler.db, { slug: 'acme', name: 'Acme' }));
  receiver = createServer(async (request, response) => {
    got.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
    const [status, headers] = answers.shift() ?? [200];
    response.writeHead(status, headers).end('thanks');
  }).listen(0, '127.0.0.1');
  mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: async (stream, _session, done) => {
      mails.push(await text(stream));
      done();
    },
  });
  mailServer.listen(0, '127.0.0.1');
  await Promise.all([once(receiver, 'listening'), once(mailServer.server, 'listening')]);
});
beforeEach(async () => {
  [got, answers, mails] = [[], [], []];
  await sql`delete from webhooks`.execute(scheduler.db);
});
afterAll(async () => {
  await outbound.close();
  receiver.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  await scheduler.close();
});

/** A deliverer at work. */
async function startDeliverer(): Promise<void> {
  const { port } = mailServer.server.address() as AddressInfo;
  const mail = { url: `smtp://127.0.0.1:${port}`, from: 'gantry@acme.example' };
  const { db, commits, lookout, logger } = scheduler;
  const delivering = deliverer({ db, leadership, commits, lookout, send: sender(outbound, mail), logger });
  onTestFinished(() => delivering.stop());
  await delivering.start();
}

async function webhookAt(url: string): Promise<Row<'webhooks'>> {
  const row = await createWebhook(scheduler.db, {
    ...{ organizationId, projectId: null, name: 'Ops', url, events: ['execution.failed'] },
    ...{ filter: null, active: true, secret: newWebhookSecret() },
  });
  if (row === undefined) throw new Error('too many');
  return row;
}

/** Resolves once it is as wanted. */
async function delivery(id: string, wanted: (row: Row<'webhook_deliveries'>) => boolean) {
  return waitFor(async () => {
    const row = await scheduler.db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return wanted(row) ? row : undefined;
  });
}

/** What a receiver makes of what it got. */
function signatureOf(received: Got | undefined, secrets: string[]) {
  const { body = '', headers = {} } = received ?? {};
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  return signWebhook(String(headers['webhook-id']), body, secrets, at);
}

const isOver = (row: Row<'webhook_deliveries'>) => row.due_at === null;
const failedOnce = (row: Row<'webhook_deliveries'>) => row.last_error !== null;

test('an event is posted with a signature of its secret', async () => {
  const webhook = await webhookAt(urlOf(receiver, '/hook?a=1'));
  const { id } = await sendTest(scheduler.db, webhook, new Date());
  await startDeliverer();
  expect(await delivery(id, isOver)).toMatchObject({ attempts: 1, last_status: 200, delivered_at: expect.any(Date) });
  expect(got).toMatchObject([{ path: '/hook?a=1', headers: { 'webhook-id': id, 'content-type': 'application/json' } }]);
  expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({ type: 'webhook.test', data: { name: 'Ops' } });
  expect(got[0]?.headers).toMatchObject(signatureOf(got[0], [webhook.secret]));
});

test('while a secret is replaced both sign', async () => {
  const webhook = await webhookAt(urlOf(receiver));
  const secret = newWebhookSecret();
  await rotateSecret(scheduler.db, { organizationId, id: webhook.id, secret });
  const { id } = await sendTest(scheduler.db, webhook, new Date());
  await startDeliverer();
  await delivery(id, isOver);
  expect(got[0]?.headers).toMatchObject(signatureOf(got[0], [secret, webhook.secret]));
});

test('what is refused is sent again later, under the same id', async () => {
  answers = [[500]];
  const webhook = await webhookAt(urlOf(receiver));
  const { id } = await sendTest(scheduler.db, webhook, new Date());
  await startDeliverer();
  const refused = await delivery(id, failedOnce);
  expect(refused).toMatchObject({ attempts: 1, last_status: 500, last_error: 'The receiver answered 500.' });
  expect(refused.due_at?.getTime()).toBeGreaterThan(Date.now());
  await sql`update webhook_deliveries set due_at = now() where id = ${id}`.execute(scheduler.db);
  expect(await delivery(id, isOver)).toMatchObject({ attempts: 2, last_status: 200, last_error: null });
  expect(got.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
});

test('a receiver that asks for a pause gets one, for all that waits', async () => {
  answers = [[429, { 'retry-after': '3600' }]];
  const webhook = await webhookAt(urlOf(receiver));
  const { id } = await sendTest(scheduler.db, webhook, new Date());
  await startDeliverer();
  const { due_at } = await delivery(id, failedOnce);
  const held = await scheduler.db
    .selectFrom('webhooks')
    .select('held_until')
    .where('id', '=', webhook.id)
    .executeTakeFirstOrThrow();
  for (const until of [due_at, held.held_until]) expect(until?.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
});

test('an address that is not public is not posted to, nor is one by a redirect', async () => {
  const redirecting = await webhookAt(urlOf(receiver));
  answers = [[302, { location: 'http://127.0.0.2/' }]];
  const inner = await webhookAt('http://169.254.169.254/latest/meta-data');
  const [redirected, forbidden] = [
    await sendTest(scheduler.db, redirecting, new Date()),
    await sendTest(scheduler.db, inner, new Date()),
  ];
  await startDeliverer();
  expect(await delivery(redirected.id, failedOnce)).toMatchObject({ last_status: 302 });
  const { last_error } = await delivery(forbidden.id, failedOnce);
  expect(last_error).toMatch(/^OUTBOUND_ADDRESS_FORBIDDEN/);
});

test('a receiver that does not answer holds up nobody else', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const [stuck, fine] = [await webhookAt(urlOf(silent)), await webhookAt(urlOf(receiver))];
  await sendTest(scheduler.db, stuck, new Date());
  await startDeliverer();
  await once(silent, 'request');
  const { id } = await sendTest(scheduler.db, fine, new Date());
  await delivery(id, isOver);
});

test('a mailbox gets what waits for it in one mail', async () => {
  const mailbox = await webhookAt('mailto:ops@acme.example');
  const sent = [await sendTest(scheduler.db, mailbox, new Date()), await sendTest(scheduler.db, mailbox, new Date())];
  await startDeliverer();
  for (const { id } of sent) await delivery(id, isOver);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatch(/^From: gantry@acme\.example\r$/m);
  expect(mails[0]).toMatch(/^To: ops@acme\.example\r$/m);
  expect(mails[0]).toMatch(/^Subject: Gantry: 2 events, first: Test of Ops\r$/m);
});
