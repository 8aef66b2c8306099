import type { Step } from '@gantry/contracts/http/execution';
import { Link } from '@tanstack/react-router';

const OF_MODULES: ReadonlySet<string> = new Set(['MODULE_NOT_FOUND', 'MODULE_REF_INVALID', 'MODULE_INACTIVE']);

/** What no option of a step mends: its module has to be brought, or its ref corrected. */
export function isOfModule(failure: Step['exceptionDetails'] | undefined): boolean {
  return OF_MODULES.has(failure?.errorType ?? '');
}

interface MendedElsewhereProps {
  /** Whose step it is; undefined for a pipeline of its own. */
  assistant: { id: string; name: string } | undefined;
  /** More than one execution is restarted. */
  many?: boolean;
}

/** What to do before a restart is of use. */
export function MendedElsewhere({ assistant, many = false }: MendedElsewhereProps) {
  const those = many ? 'them as they were' : 'it as it was';
  return (
    <p style={{ margin: 0 }}>
      No option mends this.{' '}
      {assistant ? (
        <>
          Correct the step in{' '}
          <Link to="/assistants/$id" params={{ id: assistant.id }} className="link">
            {assistant.name}
          </Link>{' '}
          and restart {many ? 'them' : 'it'} as it is then, or bring the module and restart {those}.
        </>
      ) : many ? (
        'Bring the module before you restart them: they keep the steps that they were made with.'
      ) : (
        'Bring the module before you restart it: it keeps the steps that it was made with.'
      )}
    </p>
  );
}
