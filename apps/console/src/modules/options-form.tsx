import { JsonInput, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { OptionField } from './option-field.ts';

type Options = Readonly<Record<string, unknown>>;

interface OptionsFormProps {
  fields: readonly OptionField[];
  value: Options;
  onChange: (value: Options) => void;
  readOnly?: boolean;
  /** What is wrong with options, by their names. */
  errors?: Readonly<Record<string, string>>;
}

/** The options of a step, a field for each that its module knows. What is left empty is left out. */
export function OptionsForm({ fields, value, onChange, readOnly = false, errors = {} }: OptionsFormProps) {
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value;
    onChange(next === undefined ? others : { ...others, [name]: next });
  };
  return (
    <div className="form-grid">
      {fields.map((field) => (
        <Option
          key={field.name}
          field={field}
          value={value[field.name]}
          readOnly={readOnly}
          error={errors[field.name]}
          onChange={(next) => set(field.name, next)}
        />
      ))}
    </div>
  );
}

interface OptionProps {
  field: OptionField;
  value: unknown;
  readOnly: boolean;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

const LONG_TEXT = 60;

function Option({ field, value, readOnly, error, onChange }: OptionProps) {
  const { name, kind, description, required, standard, choices } = field;
  // A dialog begins with the one that is wrong.
  const focus = error === undefined ? {} : { 'data-autofocus': true };
  const shared = { label: name, description, required, error, size: 'xs', ...focus } as const;
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  // What is not of the type that the definition says, such as ${secrets.NAME}, stays a text.
  if (kind === 'switch' && typeof value !== 'string') {
    return (
      <Switch
        {...shared}
        checked={value === undefined ? standard === 'true' : value === true}
        disabled={readOnly}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (kind === 'number' && typeof value !== 'string') {
    return (
      <NumberInput
        {...shared}
        value={typeof value === 'number' ? value : ''}
        placeholder={standard}
        readOnly={readOnly}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    );
  }
  if (kind === 'choice') {
    return (
      <NativeSelect
        {...shared}
        value={text}
        data={['', ...choices].map((choice) => ({ value: choice, label: choice || `(${standard ?? 'none'})` }))}
        disabled={readOnly}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    );
  }
  if (kind === 'json') {
    return <JsonOption shared={shared} value={value} standard={standard} readOnly={readOnly} onChange={onChange} />;
  }
  const Input = text.length > LONG_TEXT ? Textarea : TextInput;
  return (
    <Input
      {...shared}
      value={text}
      placeholder={standard}
      readOnly={readOnly}
      onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

interface JsonOptionProps extends Omit<OptionProps, 'field' | 'error'> {
  shared: { label: string; description: string; required: boolean; error: string | undefined; size: 'xs' };
  standard: string | undefined;
}

/** Keeps what is typed while it is no JSON yet. */
function JsonOption({ shared, value, standard, readOnly, onChange }: JsonOptionProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  return (
    <JsonInput
      {...shared}
      value={text}
      placeholder={standard}
      readOnly={readOnly}
      autosize
      maxRows={12}
      classNames={{ input: 'mono' }}
      validationError="This is no JSON yet."
      onChange={(next) => {
        setText(next);
        const read = readJson(next);
        if (read !== NOT_JSON) onChange(read);
      }}
    />
  );
}

const NOT_JSON = Symbol('not JSON');

function readJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}
