import type { AttemptOutcome } from '@gantry/domain/delivery';
import type { createTransport } from 'nodemailer';
import type { Send } from './deliverer.ts';
import { mailText } from './mail-text.ts';

/** What comes within this goes into one mail. */
const PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;

export interface MailServer {
  /** `smtp://user:password@host:587`, or `smtps:` */
  url: string;
  from: string;
}

/** Sends what is due to a mailbox, all in one mail, and no more than one a minute. */
export function mailSender(server: MailServer | undefined, pauseMs = PAUSE_MS): Send {
  if (server === undefined) {
    const error = 'No mail server is set: SMTP_URL and MAIL_FROM of the scheduler.';
    return async ({ deliveries }) => ({
      attempted: deliveries.map((delivery) => ({ delivery, outcome: { delivered: false, status: null, error } })),
      holdMs: 0,
    });
  }
  const { url, from } = server;
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  let transport: ReturnType<typeof createTransport> | undefined;
  return async ({ webhook, deliveries }, signal) => {
    let outcome: AttemptOutcome;
    try {
      const payloads = deliveries.map(({ payload }) => payload);
      const to = decodeURIComponent(new URL(webhook.url).pathname);
      const messageId = `<${deliveries[0]?.id}@gantry>`;
      // Few send mails: the library comes with the first one.
      transport ??= (await import('nodemailer')).createTransport({ url, ...timeouts }, { from });
      await unlessAborted(transport.sendMail({ to, messageId, ...mailText(payloads) }), signal);
      outcome = { delivered: true, status: null };
    } catch (error) {
      outcome = { delivered: false, status: null, error: String(error) };
    }
    return {
      attempted: deliveries.map((delivery) => ({ delivery, outcome })),
      holdMs: outcome.delivered ? pauseMs : 0,
    };
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
