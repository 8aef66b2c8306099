import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { PageHead } from '../page-head.tsx';
import { Empty, Read } from '../read.tsx';

/** The code that steps refer to, with the options it takes. */
export function ModulesPage() {
  const modules = useQuery({
    queryKey: ['modules'],
    queryFn: ({ signal }) => api.modules.list({ pageSize: 1_000, signal }),
  });
  return (
    <main>
      <PageHead title="Modules" />
      <Read query={modules}>
        {({ content }) => (
          <Stack gap={14}>
            {content.length === 0 && <Empty title="No modules" />}
            {content.map(({ id, ref, name, description, version, metadata }) => (
              <section key={id} className="panel" aria-label={name}>
                <h2>
                  {name} <span className="mono muted">{ref}</span>{' '}
                  <span className="mono muted">
                    {version} · {metadata.kind} · {metadata.moduleRuntimeRef}
                  </span>
                </h2>
                <div className="panel-body">
                  {description}
                  {metadata.options.length > 0 && (
                    <div className="scroll-x">
                      <table className="dense">
                        <tbody>
                          {metadata.options.map((option) => (
                            <tr key={String(option['name'])}>
                              <td className="mono">{String(option['name'])}</td>
                              <td className="muted">{String(option['type'] ?? '')}</td>
                              <td>{String(option['description'] ?? '')}</td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    </div>
                  )}
                </div>
              </section>
            ))}
          </Stack>
        )}
      </Read>
    </main>
  );
}
