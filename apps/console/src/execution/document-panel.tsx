import type { Execution } from '@gantry/contracts/http/execution';
import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../api.ts';
import { Contents } from '../documents/contents.tsx';
import { Read } from '../read.tsx';

/** The document that the execution is about, beside what became of it. */
export function DocumentPanel({ familyId, context }: { familyId: string; context: Execution['context'] }) {
  const family = useQuery({
    queryKey: ['family', familyId],
    queryFn: ({ signal }) => api.documentFamilies.get(familyId, { signal }),
  });
  const { contentObjectId } = context;
  return (
    <section className="panel" aria-label="Document">
      <h2>
        Document{' '}
        <Link to="/documents/$id" params={{ id: familyId }} className="link">
          {family.data?.path ?? familyId}
        </Link>{' '}
        {family.data?.labels.map((label) => (
          <Badge key={label} variant="default" size="sm" tt="none" ml={4}>
            {label}
          </Badge>
        ))}
      </h2>
      <Read query={family}>
        {({ contentObjects }) => (
          <Contents
            familyId={familyId}
            objects={contentObjects}
            first={typeof contentObjectId === 'string' ? contentObjectId : undefined}
          />
        )}
      </Read>
    </section>
  );
}
