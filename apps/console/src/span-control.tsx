import { SegmentedControl } from '@mantine/core';

interface SpanControlProps<Span extends string> {
  /** By their names, in their order. */
  spans: Readonly<Record<Span, unknown>>;
  value: Span;
  onChange: (span: Span) => void;
}

/** How far a page looks back. */
export function SpanControl<Span extends string>({ spans, value, onChange }: SpanControlProps<Span>) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time"
      data={Object.keys(spans) as Span[]}
      value={value}
      onChange={onChange}
    />
  );
}
