import type { Step } from '@gantry/contracts/http/execution';
import { JsonView } from '../json-view.tsx';

/** Why something failed, what to do about it, and where in the code it happened. */
export function Failure({ details }: { details: NonNullable<Step['exceptionDetails']> }) {
  const { message, errorType, advice, help, stackTrace, cause, validationErrors } = details;
  return (
    <div data-tone="bad">
      <p style={{ margin: 0, overflowWrap: 'anywhere' }}>
        <strong className="toned">{message}</strong> <span className="mono muted">{errorType}</span>
      </p>
      {(advice ?? help) !== undefined && <p style={{ margin: '6px 0 0' }}>{advice ?? help}</p>}
      {validationErrors && validationErrors.length > 0 && (
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
    </div>
  );
}
