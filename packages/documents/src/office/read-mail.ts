import type { Address } from 'postal-mime';
import type { Attachment, DocumentMetadata } from '../parsed-document.ts';
import type { Block } from '../text-page.ts';

/** A mail as its reader sees it: the head, the text, and what is attached. */
export interface Mail {
  blocks: Block[];
  metadata: Partial<DocumentMetadata>;
  attachments: Attachment[];
}

interface MailParts {
  from: string;
  to: string;
  date: string | null;
  subject: string;
  text: string;
  html: string;
  attachments: Attachment[];
}

/** Mails that are attached to mails in mails. */
const MAX_DEPTH = 20;

/** A mail as it travels (RFC 5322). */
export async function readEml(bytes: Uint8Array): Promise<Mail> {
  const { default: PostalMime } = await import('postal-mime');
  const mail = await PostalMime.parse(bytes, { attachmentEncoding: 'arraybuffer', maxNestingDepth: MAX_DEPTH });
  const nameOf = (address: Address | undefined) =>
    [address?.name, address?.address && `<${address.address}>`].filter(Boolean).join(' ');
  return mailOf({
    from: nameOf(mail.from),
    to: (mail.to ?? []).map(nameOf).join(', '),
    date: isoDate(mail.date),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    attachments: mail.attachments.map(({ filename, content }) => {
      const bytes = typeof content === 'string' ? content.length : content.byteLength;
      return { name: filename ?? 'attachment', bytes, text: null };
    }),
  });
}

/** A mail as Outlook keeps it. */
export async function readMsg(bytes: Uint8Array): Promise<Mail> {
  const { default: library } = await import('@kenjiuno/msgreader');
  const copy = new Uint8Array(bytes);
  const mail = new library.default(copy.buffer).getFileData();
  if (mail.error !== undefined) throw new Error(mail.error);
  return mailOf({
    from: [mail.senderName, mail.senderEmail && `<${mail.senderEmail}>`].filter(Boolean).join(' '),
    to: (mail.recipients ?? []).map(({ name, email }) => name ?? email ?? '').join(', '),
    date: isoDate(mail.messageDeliveryTime ?? mail.clientSubmitTime),
    subject: mail.subject ?? '',
    text: mail.body ?? '',
    html: mail.html === undefined ? '' : new TextDecoder().decode(mail.html),
    attachments: (mail.attachments ?? []).map(({ fileName, contentLength }) => {
      return { name: fileName ?? 'attachment', bytes: contentLength ?? 0, text: null };
    }),
  });
}

async function mailOf({ from, to, date, subject, text, html, attachments }: MailParts): Promise<Mail> {
  const head = [
    ['From', from],
    ['To', to],
    ['Date', date ?? ''],
    ['Subject', subject],
    ['Attachments', attachments.map(({ name }) => name).join(', ')],
  ].filter(([, value]) => value !== '');
  const body: Block[] =
    text.trim() === '' && html !== '' ? (await import('./read-html.ts')).readHtml(html) : [{ kind: 'fixed', text }];
  return {
    blocks: [{ kind: 'text', text: head.map(([name, value]) => `${name}: ${value}`).join('\n') }, ...body],
    metadata: { title: subject || null, author: from || null, createdAt: date },
    attachments,
  };
}

function isoDate(written: string | undefined): string | null {
  const date = new Date(written ?? '');
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
