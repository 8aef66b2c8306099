import type { Step } from '@gantry/contracts/http/execution';
import { Link } from '@tanstack/react-router';
import { JsonView } from '../json-view.tsx';

interface FailureProps {
  details: NonNullable<Step['exceptionDetails']>;
  /** What others that failed alike have too. */
  group?: string | null;
}

/** Why something failed, what to do about it, and where in the code it happened. */
export function Failure({ details, group = null }: FailureProps) {
  const { message, errorType, advice, help, documentationUrl, stackTrace, cause, validationErrors } = details;
  return (
    <div data-tone="bad">
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong className="toned">{message}</strong> <span className="mono muted">{errorType}</span>
      </p>
      {(advice ?? help) !== undefined && <p style={{ margin: '6px 0 0' }}>{advice ?? help}</p>}
      {documentationUrl !== undefined && /^https?:/.test(documentationUrl) && (
        <a href={documentationUrl} className="link" rel="noreferrer">
          Read about it
        </a>
      )}
      {validationErrors && validationErrors.length > 1 && (
        <ul style={{ margin: '6px 0 0', paddingLeft: 18 }}>
          {validationErrors.map(({ option, message: wrong }) => (
            <li key={`${option} ${wrong}`}>
              {option !== undefined && <code>{option}</code>} {wrong}
            </li>
          ))}
        </ul>
      )}
      {(stackTrace ?? cause) !== undefined && (
        <details style={{ marginTop: 8 }}>
          <summary className="muted">Where it happened</summary>
          <JsonView value={stackTrace ?? cause} />
        </details>
      )}
      {group !== null && (
        <p style={{ margin: '8px 0 0' }}>
          <Link to="/executions" search={{ filter: `failureGroup eq '${group}'` }} className="link">
            All that failed like this
          </Link>
        </p>
      )}
    </div>
  );
}
