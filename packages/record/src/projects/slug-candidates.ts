import { randomBytes } from 'node:crypto';

const MAX_LENGTH = 52;

/** Slugs for something of that name, to be tried in order: lower-case letters, digits and hyphens. */
export function slugCandidates(name: string, fallback: string): string[] {
  const slug = slugFrom(name) || fallback;
  return [slug, `${slug}-2`, `${slug}-3`, `${slug}-${randomBytes(4).toString('hex')}`];
}

function slugFrom(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
}
