import type { OutboundHttp } from '@gantry/outbound/outbound-http';
import type { Send } from './deliverer.ts';
import { type MailServer, mailSender } from './send-mail.ts';
import { webhookSender } from './send-webhook.ts';

/** Sends each to where its address says. */
export function sender(outbound: Pick<OutboundHttp, 'request'>, mailServer: MailServer | undefined): Send {
  const [post, mail] = [webhookSender(outbound), mailSender(mailServer)];
  return (claimed, signal) =>
    claimed.webhook.url.startsWith('mailto:') ? mail(claimed, signal) : post(claimed, signal);
}
