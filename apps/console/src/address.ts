import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

const TYPING_MS = 300;

/** What a page is asked to show, in its address: it outlives a reload, and can be passed on. */
export interface AddressSearch {
  /** What is looked for. */
  query?: string | undefined;
  /** How far the page looks back. */
  span?: string | undefined;
}

export function readAddress({ query, span }: Record<string, unknown>): AddressSearch {
  const text = typeof query === 'number' ? String(query) : query; // what is typed by hand may look like one
  return {
    ...(typeof text === 'string' && text !== '' ? { query: text } : {}),
    ...(typeof span === 'string' ? { span } : {}),
  };
}

function useChangeAddress(): (change: AddressSearch) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
}

/** @returns what is typed, how it is changed, and what is looked for: the same a moment later */
export function useQueryText(): [text: string, change: (text: string) => void, query: string] {
  const { query = '' } = useSearch({ strict: false });
  const [text, setText] = useState(query);
  const sent = useRef(query);
  const changeAddress = useChangeAddress();
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    changeAddress({ query: next || undefined });
  }, TYPING_MS);
  useEffect(() => {
    // Somebody went back, or to the page anew.
    if (sent.current !== query) setText(query);
    sent.current = query;
  }, [query]);
  const change = (next: string) => {
    setText(next);
    send(next.trim());
  };
  return [text, change, query];
}

/** @param standard where the address says none of them */
export function useSpan<Span extends string>(
  spans: Readonly<Record<Span, unknown>>,
  standard: Span,
): [span: Span, change: (span: Span) => void] {
  const { span } = useSearch({ strict: false });
  const changeAddress = useChangeAddress();
  const isKnown = (name: string | undefined): name is Span => name !== undefined && Object.hasOwn(spans, name);
  return [isKnown(span) ? span : standard, (next) => changeAddress({ span: next === standard ? undefined : next })];
}
