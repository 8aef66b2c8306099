import type { Module } from '@gantry/contracts/http/module';
import { TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { useQueryText, useSpan } from '../address.ts';
import { api } from '../api.ts';
import { durationText } from '../instant.tsx';
import { PageHead } from '../page-head.tsx';
import { Problem } from '../problem.tsx';
import { Empty, Read } from '../read.tsx';
import { SpanControl } from '../span-control.tsx';
import { ModuleDetails } from './module-details.tsx';
import { moduleKey } from './option-field.ts';

const DAY_MS = 86_400_000;

const SPANS = { '24 hours': 1, '7 days': 7, '90 days': 90 } as const;

/** The code that steps refer to, how often it ran and how long it took; one opened says what it does and takes. */
export function ModulesPage() {
  const [span, setSpan] = useSpan(SPANS, '24 hours');
  const [text, setText] = useQueryText();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
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
  const failed = useQuery({
    queryKey: ['failed modules', span],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - SPANS[span] * DAY_MS).toISOString();
      const groups = (await api.rollups.failures({ from, signal })).groups.filter(({ ref }) => ref !== null);
      return new Map(
        [...Map.groupBy(groups, ({ ref }) => moduleKey(ref ?? ''))].map(([key, those]) => [key, filterOf(those, from)]),
      );
    },
    placeholderData: keepPreviousData,
  });
  const toggle = (id: string) => setOpened((before) => before.symmetricDifference(new Set([id])));
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
      {took.error && <Problem error={took.error} onRetry={() => void took.refetch()} />}
      <section className="panel" aria-label="Modules">
        <Read query={modules}>
          {({ content }) => {
            const meant = content.filter(isMeant(text));
            if (content.length === 0)
              return <Empty title="No modules">They are registered when a worker starts.</Empty>;
            if (meant.length === 0) return <Empty title="No module matches" />;
            return (
              <div className="scroll-x">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>Module</th>
                      <th className="hide-phone">Version</th>
                      <th className="hide-phone">Runtime</th>
                      <th className="right hide-phone">Workers</th>
                      <th className="right">Runs</th>
                      <th className="right">Failed</th>
                      <th className="right hide-phone" title="Half of the runs took at most this long">
                        Median
                      </th>
                      <th className="right hide-phone" title="90 % of the runs took at most this long">
                        90 %
                      </th>
                      <th className="right hide-phone" title="99 % of the runs took at most this long">
                        99 %
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {meant.map((module) => (
                      <Fragment key={module.id}>
                        <ModuleRow
                          module={module}
                          durations={took.data?.get(`${module.orgSlug}/${module.slug}`)}
                          isCounted={took.data !== undefined}
                          failures={failed.data?.get(`${module.orgSlug}/${module.slug}`)}
                          isOpen={opened.has(module.id)}
                          onToggle={() => toggle(module.id)}
                        />
                        {opened.has(module.id) && (
                          <tr className="row-details">
                            <td colSpan={9}>
                              <ModuleDetails module={module} />
                            </td>
                          </tr>
                        )}
                      </Fragment>
                    ))}
                  </tbody>
                </table>
              </div>
            );
          }}
        </Read>
      </section>
    </div>
  );
}

/** Groups at most in one filter, which has a length at most. */
const MAX_GROUPS = 50;

/** Lists what failed in these groups, of which a module has as many as it has messages. */
function filterOf(groups: readonly { id: string }[], from: string): string {
  const ids = groups.slice(0, MAX_GROUPS).map(({ id }) => `'${id}'`);
  return `failureGroup in (${ids.join(',')}) and createdOn ge '${from}'`;
}

function isMeant(text: string): (module: Module) => boolean {
  const words = text.toLowerCase().split(/\s+/);
  return ({ name, ref, description }) => {
    const about = `${name} ${ref} ${description}`.toLowerCase();
    return words.every((word) => about.includes(word));
  };
}

interface ModuleRowProps {
  module: Module;
  durations: Awaited<ReturnType<typeof api.rollups.durations>>['modules'][number] | undefined;
  /** Whether it is known how often it ran. */
  isCounted: boolean;
  /** Of the executions that it failed and that are FAILED still; undefined when there are none. */
  failures: string | undefined;
  isOpen: boolean;
  onToggle: () => void;
}

function ModuleRow({ module, durations, isCounted, failures, isOpen, onToggle }: ModuleRowProps) {
  const { ref, name, description, version, metadata, workers, active, withdrawnOn } = module;
  const runs = durations?.runs ?? 0;
  const failed = durations?.failed ?? 0;
  const state = withdrawnOn !== null ? 'withdrawn' : active ? undefined : 'switched off';
  return (
    <tr>
      <td className="broken">
        <button type="button" className="opener" aria-expanded={isOpen} title={description ?? ''} onClick={onToggle}>
          {name} {state !== undefined && <span className="muted">({state})</span>}
          <span className="mono muted">{ref.replace(/^module:\/\//, '')}</span>
        </button>
      </td>
      <td className="nowrap hide-phone">{withdrawnOn === null ? version : '–'}</td>
      <td className="nowrap hide-phone">{metadata.moduleRuntimeRef}</td>
      <td className="right hide-phone">
        {withdrawnOn !== null ? (
          '–'
        ) : workers === 0 ? (
          <span className="toned" data-tone="bad" title="No worker that is there can run it">
            0
          </span>
        ) : (
          (workers ?? '–')
        )}
      </td>
      <td className="right">{isCounted ? runs.toLocaleString() : '–'}</td>
      <td className="right">{isCounted ? <FailedCount count={failed} failures={failures} /> : '–'}</td>
      <td className="right nowrap hide-phone">{durationText(durations?.p50Ms)}</td>
      <td className="right nowrap hide-phone">{durationText(durations?.p90Ms)}</td>
      <td className="right nowrap hide-phone">{durationText(durations?.p99Ms)}</td>
    </tr>
  );
}

function FailedCount({ count, failures }: { count: number; failures: string | undefined }) {
  const text = count.toLocaleString();
  if (count === 0 || failures === undefined) {
    return (
      <span className={count > 0 ? 'toned' : 'muted'} data-tone="bad">
        {text}
      </span>
    );
  }
  return (
    <Link
      to="/executions"
      search={{ filter: failures }}
      className="link toned"
      data-tone="bad"
      title="Executions that it failed and that were not repeated since"
    >
      {text}
    </Link>
  );
}
