import type { Module, ModuleVersion } from '@gantry/contracts/http/module';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useAllowed } from '../allowed.ts';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { useList } from '../list.ts';
import { type Column, ListPanel } from '../list-panel.tsx';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';

/** What was published of a module, each version to be withdrawn. */
export function ModuleVersions({ module: { orgSlug, slug } }: { module: Module }) {
  return <Versions module={`${orgSlug}/${slug}`} />;
}

function Versions({ module }: { module: string }) {
  const mayWithdraw = useAllowed('modules:publish');
  const versions = useList(['modules', module, 'versions'], (page) => api.modules.versions(module, page));
  const withdraw = useMutation({
    mutationFn: (version: string) => api.modules.withdraw(module, version),
    onSettled: () => queries.invalidateQueries({ queryKey: ['modules'] }),
  });
  const ask = ({ version }: ModuleVersion) => {
    const others = versions.rows?.filter((row) => row.withdrawnOn === null && row.version !== version) ?? [];
    const isLast = others.length === 0 && !versions.hasMore;
    const question = `Withdraw ${module}:${version}? Nothing new is planned with it; what was planned with it goes on.`;
    const warning = `It is the last one: no step gets ${module} until a version is published again.`;
    if (window.confirm(isLast ? `${question}\n\n${warning}` : question)) withdraw.mutate(version);
  };
  return (
    <div style={{ marginTop: 10 }}>
      {withdraw.error && <Problem error={withdraw.error} />}
      <ListPanel
        label={`Published versions of ${module}`}
        title="Published versions"
        list={versions}
        columns={[...COLUMNS, ...(mayWithdraw ? [withdrawColumn(withdraw, ask)] : [])]}
        keyOf={({ id }) => id}
        empty={<Empty title="No version was published" />}
      />
    </div>
  );
}

const COLUMNS: readonly Column<ModuleVersion>[] = [
  { name: 'Version', className: 'mono nowrap', cell: ({ version }) => version },
  { name: 'Is', cell: (version) => <State version={version} /> },
  { name: 'Published', className: 'nowrap', cell: ({ publishedOn }) => <Instant at={publishedOn} /> },
  { name: 'By', className: 'hide-phone', cell: ({ publishedBy }) => publishedBy },
  { name: 'Description', className: 'broken hide-phone', cell: ({ description }) => description },
];

function State({ version: { withdrawnOn, latest } }: { version: ModuleVersion }) {
  if (withdrawnOn !== null) {
    return (
      <span className="status" data-tone="off" data-hollow="true" title={`since ${withdrawnOn}`}>
        withdrawn
      </span>
    );
  }
  return latest ? (
    <span className="status" data-tone="ok" title="Steps that name no version get it">
      latest
    </span>
  ) : null;
}

function withdrawColumn(
  { isPending, variables }: { isPending: boolean; variables: string | undefined },
  ask: (version: ModuleVersion) => void,
): Column<ModuleVersion> {
  return {
    name: '',
    className: 'right',
    cell: (version) =>
      version.withdrawnOn === null && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Withdraw ${version.version}`}
          loading={isPending && variables === version.version}
          onClick={() => ask(version)}
        >
          Withdraw
        </Button>
      ),
  };
}
