import type { Module } from '@gantry/contracts/http/module';
import { Stack, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Fact } from '../fact.tsx';
import { durationText } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Empty, Read } from '../read.tsx';
import { SpanControl } from '../span-control.tsx';
import { ModuleVersions } from './module-versions.tsx';
import { moduleKey, optionFields } from './option-field.ts';

const DAY_MS = 86_400_000;

const SPANS = { '24 hours': 1, '7 days': 7, '90 days': 90 } as const;
type Span = keyof typeof SPANS;

/** The code that steps refer to, with the options it takes, and how long it took. */
export function ModulesPage() {
  const [span, setSpan] = useState<Span>('24 hours');
  const [text, setText] = useState('');
  const modules = useQuery({
    queryKey: ['modules'],
    queryFn: ({ signal }) => api.modules.list({ pageSize: 1_000, sort: 'name,asc', signal }),
  });
  const took = useQuery({
    queryKey: ['durations', span],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - SPANS[span] * DAY_MS).toISOString();
      const durations = await api.rollups.durations({ from, signal });
      return new Map(durations.modules.map((module) => [moduleKey(module.ref), module]));
    },
    placeholderData: keepPreviousData,
  });
  return (
    <div>
      <PageHead title="Modules">
        <TextInput
          size="xs"
          aria-label="Search modules"
          placeholder="Search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SpanControl spans={SPANS} value={span} onChange={setSpan} />
      </PageHead>
      <Read query={modules}>
        {({ content }) => (
          <Stack gap={14}>
            {content.length === 0 && <Empty title="No modules">They are registered when a worker starts.</Empty>}
            {content.length > 0 && !content.some(isMeant(text)) && <Empty title="No module matches" />}
            {content.filter(isMeant(text)).map((module) => (
              <OneModule
                key={module.id}
                module={module}
                durations={took.data?.get(`${module.orgSlug}/${module.slug}`)}
                span={span}
              />
            ))}
          </Stack>
        )}
      </Read>
    </div>
  );
}

function isMeant(text: string): (module: Module) => boolean {
  const words = text.toLowerCase().split(/\s+/);
  return ({ name, ref, description }) => {
    const about = `${name} ${ref} ${description}`.toLowerCase();
    return words.every((word) => about.includes(word));
  };
}

type Durations = Awaited<ReturnType<typeof api.rollups.durations>>['modules'][number];

interface OneModuleProps {
  module: Module;
  durations: Durations | undefined;
  span: Span;
}

function OneModule({ module, durations, span }: OneModuleProps) {
  const { ref, name, description, version, metadata } = module;
  const options = optionFields(module);
  return (
    <section className="panel" aria-label={name}>
      <h2>
        {name} <span className="mono muted">{ref}</span>
      </h2>
      <div className="panel-body">
        {description !== '' && <p style={{ margin: '0 0 10px' }}>{description}</p>}
        <dl className="facts">
          <Fact name="Version">{version}</Fact>
          <Fact name="Runtime">{metadata.moduleRuntimeRef}</Fact>
          <Fact name={`Runs in ${span}`}>{(durations?.runs ?? 0).toLocaleString()}</Fact>
          {durations && (
            <>
              <Fact name="Of them failed">
                <span className={durations.failed > 0 ? 'toned' : ''} data-tone="bad">
                  {durations.failed.toLocaleString()}
                </span>
              </Fact>
              <Fact name="Half took at most">{durationText(durations.p50Ms)}</Fact>
              <Fact name="90 % at most">{durationText(durations.p90Ms)}</Fact>
              <Fact name="99 % at most">{durationText(durations.p99Ms)}</Fact>
            </>
          )}
        </dl>
        {options.length > 0 && (
          <details style={{ marginTop: 10 }}>
            <summary className="muted">{options.length} options</summary>
            <div className="scroll-x">
              <table className="dense">
                <tbody>
                  {options.map((option) => (
                    <tr key={option.name}>
                      <td className="mono nowrap">
                        {option.name}
                        {option.required && <span className="muted"> (required)</span>}
                      </td>
                      <td className="muted broken">{option.choices.join(' | ') || option.kind}</td>
                      <td>{option.description}</td>
                      <td className="mono muted broken">{option.standard}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        )}
        {metadata.bundle !== undefined && <ModuleVersions module={module} />}
      </div>
    </section>
  );
}
