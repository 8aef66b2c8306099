import { cleanText } from './clean-text.ts';
import { reasonOf } from './document-error.ts';
import type { DocumentWarning } from './parsed-document.ts';

/** Damage that many pages share is told once. */
export class DamagedPages {
  readonly #pages = new Map<string, number[]>();

  note(page: number, error: unknown): undefined {
    const reason = cleanText(reasonOf(error)).slice(0, 300);
    this.#pages.set(reason, [...(this.#pages.get(reason) ?? []), page]);
  }

  get warnings(): DocumentWarning[] {
    return [...this.#pages].map(([reason, pages]) => {
      return { code: 'PAGE_DAMAGED', message: `${pageNames(pages)} cannot be read${reason}`, pages };
    });
  }
}

export function pageNames(pages: number[]): string {
  const named = pages.slice(0, 20).join(', ');
  return `${pages.length === 1 ? 'Page' : 'Pages'} ${named}${pages.length > 20 ? ', ...' : ''}`;
}
