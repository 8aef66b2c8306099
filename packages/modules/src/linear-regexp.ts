import { RE2JS } from 're2js';

/** What JSONata needs of a regular expression, in time that grows with the text only: no pattern holds the thread up. */
export class LinearRegExp {
  lastIndex = 0;
  readonly #pattern: RE2JS;

  constructor({ source, ignoreCase, multiline }: RegExp) {
    const flags = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0);
    this.#pattern = RE2JS.compile(source, flags);
  }

  /** The next match from `lastIndex` on, as a global RegExp gives it. */
  exec(text: string): RegExpExecArray | null {
    const matcher = this.#pattern.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
    this.lastIndex = matcher.end();
    return Object.assign(groups as [string, ...string[]], { index: matcher.start(), input: text });
  }
}
