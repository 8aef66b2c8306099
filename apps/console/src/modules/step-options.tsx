import type { Execution } from '@gantry/contracts/http/execution';
import { JsonInput } from '@mantine/core';
import { useState } from 'react';
import { moduleKey, optionFields, useModules } from './option-field.ts';
import { OptionsForm } from './options-form.tsx';

type Options = Execution['context'];
type Failure = Execution['exceptionDetails'];

interface StepOptionsProps {
  /** The module of the step. */
  stepRef: string;
  value: Options;
  onChange: (value: Options) => void;
  readOnly?: boolean;
  /** Why the step failed with these options, if it did. */
  failure?: Failure;
}

/** The options of one step: as a form where its module says which it takes, as JSON otherwise or when wished. */
export function StepOptions({ stepRef, value, onChange, readOnly = false, failure = null }: StepOptionsProps) {
  const module = useModules().get(moduleKey(stepRef));
  const fields = module ? optionFields(module) : [];
  const known = new Set(fields.map(({ name }) => name));
  const [wantsJson, setWantsJson] = useState(false);
  // A form must not hide what is there.
  const takesNone = module !== undefined && fields.length === 0 && Object.keys(value).length === 0;
  const asJson = wantsJson || fields.length === 0 || Object.keys(value).some((name) => !known.has(name));
  if (takesNone) {
    return (
      <p className="muted" style={{ margin: 0 }}>
        {module.name} takes no options.
      </p>
    );
  }
  return (
    <fieldset className="options" aria-label="Options">
      <legend>
        Options{' '}
        {fields.length > 0 && (
          <button type="button" className="chip" aria-pressed={asJson} onClick={() => setWantsJson(!asJson)}>
            JSON
          </button>
        )}
      </legend>
      {asJson ? (
        <JsonOptions value={value} onChange={onChange} readOnly={readOnly} />
      ) : (
        <OptionsForm
          fields={fields}
          value={value}
          onChange={(next) => onChange(next as Options)}
          readOnly={readOnly}
          errors={errorsOf(failure)}
        />
      )}
    </fieldset>
  );
}

/** By the name of the option. */
function errorsOf(failure: Failure): Readonly<Record<string, string>> {
  const errors = failure?.validationErrors ?? [];
  return Object.fromEntries(errors.flatMap(({ option, message }) => (option === undefined ? [] : [[option, message]])));
}

function JsonOptions({ value, onChange, readOnly }: Omit<Required<StepOptionsProps>, 'stepRef' | 'failure'>) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  return (
    <JsonInput
      aria-label="Options as JSON"
      value={text}
      readOnly={readOnly}
      autosize
      minRows={4}
      maxRows={16}
      classNames={{ input: 'mono' }}
      validationError="This is no JSON yet."
      onChange={(next) => {
        setText(next);
        const read = readObject(next);
        if (read !== undefined) onChange(read);
      }}
    />
  );
}

function readObject(text: string): Options | undefined {
  try {
    const read = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
