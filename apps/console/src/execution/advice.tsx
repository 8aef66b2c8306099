import { adviceOn } from '@gantry/contracts/exception-advice';
import type { Step } from '@gantry/contracts/http/execution';

/** The message stands beside it. */
const SAYS_NOTHING = /^The message (says|names) [\w ]+\.$/;

/** What to do about it, if anybody knows. */
export function Advice({ details }: { details: NonNullable<Step['exceptionDetails']> }) {
  const advice = adviceOn(details);
  if (advice === undefined || SAYS_NOTHING.test(advice)) return null;
  // Names of options and settings stand between backticks.
  const parts = advice.split('`');
  return (
    <p style={{ margin: '6px 0 0' }}>
      {parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}
    </p>
  );
}
