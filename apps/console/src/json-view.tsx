import { Button, CopyButton } from '@mantine/core';
import { useState } from 'react';

/** Of one object or list at a time; more on request. */
const SHOWN_AT_ONCE = 100;

/** So many levels are open at first. */
const OPEN_LEVELS = 2;

interface JsonViewProps {
  /** What it is, such as `Output`: a page has several. */
  name: string;
  value: unknown;
}

/** A value as it is on the wire, as a tree to read and as a text to copy. */
export function JsonView({ name, value }: JsonViewProps) {
  return (
    <div className="json-box">
      <CopyButton value={JSON.stringify(value, null, 2)}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" className="json-copy" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="json mono" tabIndex={0} aria-label={`${name} as JSON`}>
        <Branch name={undefined} value={value} level={0} />
      </section>
    </div>
  );
}

interface BranchProps {
  name: string | undefined;
  value: unknown;
  level: number;
}

function Branch({ name, value, level }: BranchProps) {
  const [open, setOpen] = useState(level < OPEN_LEVELS);
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const label = name !== undefined && <span className="json-name">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div className="json-leaf">
        {label}
        <span data-kind={value === null ? 'null' : typeof value}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [opening, closing] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div className="json-leaf">
        {label}
        {opening + closing}
      </div>
    );
  }
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span className="muted">
          {opening}
          {entries.length.toLocaleString()}
          {closing}
        </span>
      </summary>
      {open && (
        <div className="json-inside">
          {entries.slice(0, limit).map(([key, each]) => (
            <Branch key={key} name={key} value={each} level={level + 1} />
          ))}
          {entries.length > limit && (
            <Button size="compact-xs" variant="subtle" onClick={() => setLimit(limit + 10 * SHOWN_AT_ONCE)}>
              {(entries.length - limit).toLocaleString()} more
            </Button>
          )}
        </div>
      )}
    </details>
  );
}
