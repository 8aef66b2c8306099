import { describe, expect, test } from 'vitest';
import { SecretMask } from './secret-mask.ts';

const SECRET = 'p4ss"word/with+odd&characters';
const mask = new SecretMask();
mask.add(SECRET);
mask.add('pin 7');
mask.add('83746283');

describe('a secret is taken out', () => {
  const forms: Record<string, string> = {
    'as it is': `before ${SECRET} after`,
    'in base64': Buffer.from(SECRET).toString('base64'),
    'in base64, one byte on': Buffer.from(`u${SECRET}`).toString('base64'),
    'in base64, two bytes on, more behind': Buffer.from(`u:${SECRET}--`).toString('base64'),
    'in base64url': Buffer.from(`me:${SECRET}`).toString('base64url'),
    'in hexadecimal': Buffer.from(SECRET).toString('hex'),
    'as part of a URL': `https://x.example/?key=${encodeURIComponent(SECRET)}`,
    'as JSON': JSON.stringify({ SECRET }),
    'in two lines': `${SECRET.slice(0, 14)}\n${SECRET.slice(14)}`,
    'its first half': SECRET.slice(0, 14),
    'its second half': SECRET.slice(14),
  };
  test.each(Object.entries(forms))('%s', (_name, text) => {
    const masked = mask.text(text);
    expect(masked).toContain('***');
    const shown = masked.replaceAll('***', '\n');
    const parts = (of: string) => Array.from({ length: of.length - 7 }, (_, at) => of.slice(at, at + 8));
    const decoded = Buffer.from(shown.replaceAll(/\s/g, ''), 'base64').toString();
    for (const part of parts(SECRET)) expect(shown + decoded).not.toContain(part);
  });
});

test('a short one only as a whole; other text stays', () => {
  expect(mask.text('pin 7, pin 8, passwords')).toBe('***, pin 8, passwords');
});

test('in values everywhere: texts, keys, and a number that is one', () => {
  const value = { a: [SECRET, 1, null, true], [SECRET]: { n: 83_746_283, m: 83_746_284 } };
  expect(mask.json(value)).toEqual({ a: ['***', 1, null, true], '***': { n: '***', m: 83_746_284 } });
});
