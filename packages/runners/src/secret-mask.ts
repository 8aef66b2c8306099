const MASK = '***';

/** What is shorter stands everywhere. */
const LEAST_SECRET = 4;
/** Shorter ones are masked as a whole alone: their parts are words that mean nothing. */
const LEAST_PART = 8;
const LARGEST_PART = 16;

/**
 * Takes secrets out of what a step tells: as they are, written in base64, base64url, hexadecimal, as JSON or as part of a
 * URL, and parts of them, as when a secret is broken into lines. A part is a quarter of it, 8 to 16 characters.
 */
export class SecretMask {
  readonly #whole = new Set<string>();
  /** By length: the parts of that length. */
  readonly #parts = new Map<number, Set<string>>();

  add(secret: string): void {
    if (secret.length < LEAST_SECRET) return;
    for (const form of formsOf(secret)) {
      this.#whole.add(form);
      const length = Math.min(LARGEST_PART, Math.max(LEAST_PART, Math.ceil(form.length / 4)));
      const parts = this.#parts.get(length) ?? new Set();
      for (let at = 0; at + length <= form.length; at += 1) parts.add(form.slice(at, at + length));
      this.#parts.set(length, parts);
    }
  }

  get empty(): boolean {
    return this.#whole.size === 0;
  }

  text(text: string): string {
    if (this.empty) return text;
    let masked = text;
    for (const form of this.#whole) masked = masked.replaceAll(form, MASK);
    for (const [length, parts] of this.#parts) masked = withoutParts(masked, length, parts);
    return masked;
  }

  /** The same of every text, key and number in a value. */
  json<Value>(value: Value): Value {
    return this.empty ? value : (this.#json(value) as Value);
  }

  #isSecret(value: number): boolean {
    const digits = String(value);
    return digits.length >= LEAST_PART && this.#whole.has(digits);
  }

  #json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#isSecret(value) ? MASK : value;
    if (Array.isArray(value)) return value.map((item) => this.#json(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#json(item)]));
  }
}

/** Overlapping parts are one stretch. */
function withoutParts(text: string, length: number, parts: ReadonlySet<string>): string {
  let masked = '';
  let kept = 0;
  for (let at = 0; at + length <= text.length; at += 1) {
    if (!parts.has(text.slice(at, at + length))) continue;
    let end = at + length;
    for (let next = at + 1; next <= end && next + length <= text.length; next += 1) {
      if (parts.has(text.slice(next, next + length))) end = next + length;
    }
    masked += text.slice(kept, at) + MASK;
    kept = end;
    at = end - 1;
  }
  return masked + text.slice(kept);
}

function formsOf(secret: string): Set<string> {
  const bytes = Buffer.from(secret);
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex')];
  // What stands before it in what was encoded shifts it by none, one or two bytes; the characters at the seams differ.
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = (shift + bytes.length) % 3 === 0;
    const inner = encoded.slice(shift === 0 ? 0 : shift + 1, whole ? undefined : -1);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return new Set(forms.filter((form) => form === secret || form.length >= LEAST_PART));
}
