import type { Assistant, AssistantRevision } from '@gantry/contracts/http/assistant';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { stringify } from 'yaml';
import { api, queries } from '../api.ts';
import { Instant } from '../instant.tsx';
import { Problem } from '../problem.tsx';
import { Read } from '../read.tsx';
import { diffLines } from './diff-lines.ts';

interface RevisionsProps {
  assistant: Assistant;
  mayChange: boolean;
  /** Something is typed that is not saved. */
  isDraftChanged: boolean;
}

/** The pipelines that an assistant had: what each changed, and the way back. */
export function Revisions({ assistant, mayChange, isDraftChanged }: RevisionsProps) {
  const [shown, setShown] = useState<number>();
  const revisions = useQuery({
    queryKey: ['assistant', assistant.id, 'revisions', assistant.revision],
    queryFn: ({ signal }) => api.assistants.revisions(assistant.id, { signal }),
  });
  const restore = useMutation({
    mutationFn: (number: number) => api.assistants.restore(assistant.id, number),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['assistant', assistant.id] }),
  });
  const askRestore = (number: number) => {
    if (!isDraftChanged || window.confirm('Restore it? What you changed and did not save is lost.')) {
      restore.mutate(number);
    }
  };
  return (
    <>
      {restore.error && <Problem error={restore.error} />}
      <Read query={revisions}>
        {(all) => (
          <div className="scroll-x">
            <table className="dense">
              <thead>
                <tr>
                  <th>Revision</th>
                  <th>Saved</th>
                  <th>With the key</th>
                  <th aria-label="Actions" />
                </tr>
              </thead>
              <tbody>
                {all.map((revision) => (
                  <tr key={revision.number}>
                    <td>
                      {revision.number}
                      {revision.number === assistant.revision && <span className="muted"> (now)</span>}
                    </td>
                    <td className="nowrap">
                      <Instant at={revision.createdOn} />
                    </td>
                    <td>{revision.keyName ?? '–'}</td>
                    <td className="right nowrap">
                      <Button size="compact-xs" variant="default" onClick={() => setShown(revision.number)}>
                        Compare
                      </Button>{' '}
                      {mayChange && revision.number !== assistant.revision && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          loading={restore.isPending && restore.variables === revision.number}
                          onClick={() => askRestore(revision.number)}
                        >
                          Restore {revision.number}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {shown !== undefined && <Difference revisions={all} number={shown} now={assistant.revision} />}
          </div>
        )}
      </Read>
    </>
  );
}

interface DifferenceProps {
  revisions: readonly AssistantRevision[];
  number: number;
  now: number;
}

/** Beside the present one; the present one beside the one before it. */
function Difference({ revisions, number, now }: DifferenceProps) {
  const [older, newer] = number === now ? [now - 1, now] : [number, now];
  const text = (of: number) => {
    const pipeline = revisions.find((each) => each.number === of)?.pipeline;
    return pipeline ? stringify(pipeline) : '';
  };
  return (
    <section aria-label="Differences" className="panel-body">
      <p className="muted" style={{ marginTop: 0 }}>
        From revision {older} to {newer}
      </p>
      <pre className="json mono">
        {diffLines(text(older), text(newer)).map(({ kind, line }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they keep their order.
          <div key={index} className="diff" data-kind={kind}>
            {{ added: '+ ', removed: '- ', same: '  ' }[kind]}
            {line}
          </div>
        ))}
      </pre>
    </section>
  );
}
