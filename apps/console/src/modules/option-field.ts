import type { Module } from '@gantry/contracts/http/module';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';

/** An option of a module, as far as a form can make use of what its definition says. */
export interface OptionField {
  name: string;
  kind: 'text' | 'number' | 'switch' | 'choice' | 'json';
  description: string;
  required: boolean;
  /** What holds when it is left out, as text. */
  standard: string | undefined;
  choices: readonly string[];
}

/** Definitions say it as JSON Schema does; some call the choices `possibleValues`. */
export function optionFields({ metadata }: Pick<Module, 'metadata'>): OptionField[] {
  return metadata.options.flatMap((option) => {
    const { name, type, description, required, default: standard } = option;
    if (typeof name !== 'string') return [];
    const values = [option['enum'], option['possibleValues']].find(Array.isArray) ?? [];
    const choices = values.flatMap((value) => (typeof value === 'string' ? value : []));
    return {
      name,
      kind: kindOf(type, choices),
      description: typeof description === 'string' ? description : '',
      required: required === true,
      standard: standard === undefined ? undefined : textOf(standard),
      choices,
    };
  });
}

function kindOf(type: unknown, choices: readonly string[]): OptionField['kind'] {
  if (choices.length > 0) return 'choice';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'switch';
  return type === 'string' ? 'text' : 'json';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const NONE: ReadonlyMap<string, Module> = new Map();

/** The modules by `org/slug`; empty until they are read. */
export function useModules(): ReadonlyMap<string, Module> {
  const { data } = useQuery({
    queryKey: ['module-map'],
    queryFn: async ({ signal }) => {
      const { content } = await api.modules.list({ pageSize: 1_000, signal });
      return new Map(content.map((module) => [`${module.orgSlug}/${module.slug}`, module]));
    },
    staleTime: 60_000,
  });
  return data ?? NONE;
}

/** @param ref as steps name it: `module://org/slug:version`, `org/slug` */
export function moduleKey(ref: string): string {
  return ref.replace(/^module:\/\//, '').replace(/:[^/:]*$/, '');
}
