import type { Page } from '@gantry/contracts/http/page';
import type {
  Webhook,
  WebhookDelivery,
  WebhookInput,
  WebhookUpdate,
  WebhookWithSecret,
} from '@gantry/contracts/http/webhook';
import type { CallOptions } from '../transport.ts';
import { Collection, List, type ListOptions } from './collection.ts';

/** Where events are told. */
export class Webhooks extends Collection<Webhook, WebhookInput, WebhookUpdate> {
  /** The answer is the only one that shows the secret that what is sent is signed with. */
  override create(input: WebhookInput, { signal }: CallOptions = {}): Promise<WebhookWithSecret> {
    return this.transport.json({ method: 'POST', path: this.path, body: input, signal });
  }

  /** A new secret; for a day the one before signs too. */
  rotateSecret(id: string, { signal }: CallOptions = {}): Promise<WebhookWithSecret> {
    return this.transport.json({ method: 'POST', path: `${this.pathOf(id)}/rotate-secret`, signal });
  }

  /** Has it told `webhook.test`. */
  test(id: string, { signal }: CallOptions = {}): Promise<WebhookDelivery> {
    return this.transport.json({ method: 'POST', path: `${this.pathOf(id)}/test`, signal });
  }

  /** What it was told, newest first. */
  deliveries(id: string, options: ListOptions = {}): Promise<Page<WebhookDelivery>> {
    return new List<WebhookDelivery>(this.transport, `${this.pathOf(id)}/deliveries`).list(options);
  }

  /** Sends a delivery once more, under the same id. */
  resend(id: string, deliveryId: string, { signal }: CallOptions = {}): Promise<WebhookDelivery> {
    const path = `${this.pathOf(id)}/deliveries/${encodeURIComponent(deliveryId)}/resend`;
    return this.transport.json({ method: 'POST', path, signal });
  }
}
