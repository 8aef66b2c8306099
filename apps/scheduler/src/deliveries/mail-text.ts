import type { JsonObject } from '@gantry/domain/json';

const MAX_SUBJECT = 150;

/** What a mailbox is told of events, each as webhooks get it. */
export function mailText(payloads: readonly JsonObject[]): { subject: string; text: string } {
  const lines = payloads.map(inOneLine);
  const subject = lines.length === 1 ? `Gantry: ${lines[0]}` : `Gantry: ${lines.length} events, first: ${lines[0]}`;
  const details = payloads.map((payload, index) => `${lines[index]}\n\n${JSON.stringify(payload['data'], null, 2)}`);
  return { subject: subject.slice(0, MAX_SUBJECT), text: `${details.join('\n\n--\n\n')}\n` };
}

function inOneLine({ type, data }: JsonObject): string {
  return sentence(String(type), data as JsonObject).replace(/\s+/g, ' ');
}

function sentence(type: string, data: JsonObject): string {
  switch (type) {
    case 'alert.firing':
      return `Alert ${data['name']}: ${data['message']}`;
    case 'alert.resolved':
      return `Resolved: ${data['name']}`;
    case 'bulk-operation.finished':
      return `Bulk operation ${data['kind']} ${data['status']}: ${data['done']} done, ${data['failed']} failed`;
    case 'document-family.updated':
      return `Document ${data['path'] ?? data['id']} was updated`;
    case 'webhook.test':
      return `Test of ${data['name']}`;
    default: {
      const error = data['error'] as JsonObject | null;
      return `Execution ${data['id']} ${data['status']}${error ? `: ${error['message']}` : ''}`;
    }
  }
}
