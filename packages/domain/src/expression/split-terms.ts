import { scanExpression, type Token } from './scan-expression.ts';
import { isWord } from './token-cursor.ts';

export interface Terms {
  joinedBy: 'and' | 'or';
  /** As they were written; one alone when nothing joins it. */
  terms: readonly string[];
}

/** The terms that an expression joins outside of brackets. @param text that has been read as an expression */
export function splitTerms(text: string): Terms {
  const tokens = scanExpression(text);
  for (const joinedBy of ['or', 'and'] as const) {
    const symbol = joinedBy === 'or' ? '||' : '&&';
    const joints = outermost(tokens).filter((token) => isWord(token, joinedBy) || token.text === symbol);
    if (joints.length === 0) continue;
    const begins = [0, ...joints.map(({ offset, text: joint }) => offset + joint.length)];
    const ends = [...joints.map(({ offset }) => offset), text.length];
    return { joinedBy, terms: begins.map((begin, index) => text.slice(begin, ends[index]).trim()) };
  }
  return { joinedBy: 'and', terms: [text.trim()] };
}

/** Those outside of brackets which are no names behind a dot. */
function outermost(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter(({ kind, text }, index) => {
    const before = depth;
    if (kind === 'symbol' && /^[([{]$/.test(text)) depth += 1;
    if (kind === 'symbol' && /^[)\]}]$/.test(text)) depth -= 1;
    return before === 0 && (kind === 'name' || kind === 'symbol') && tokens[index - 1]?.text !== '.';
  });
}
