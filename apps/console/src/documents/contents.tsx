import type { ContentObject } from '@gantry/contracts/document-snapshot';
import { Button, Group, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../api.ts';
import { Problem } from '../problem.tsx';
import { Empty } from '../read.tsx';

const PdfPages = lazy(() => import('./pdf-pages.tsx').then(({ PdfPages: of }) => ({ default: of })));

/** Of a text. */
const MOST_SHOWN_BYTES = 200_000;

const TEXT = /^(text\/|message\/|application\/(json|xml|yaml))/;

interface ContentsProps {
  familyId: string;
  objects: readonly ContentObject[];
  /** The one that is shown first; else the newest that came from outside. */
  first?: string | undefined;
}

/** What a document consists of, one at a time: PDFs, pictures and texts in the page, the rest to save. */
export function Contents({ familyId, objects, first }: ContentsProps) {
  const [chosen, setChosen] = useState(first);
  const shown =
    objects.find(({ id }) => id === chosen) ??
    objects.findLast(({ origin, contentRef }) => origin === undefined && contentRef !== null) ??
    objects.at(-1);
  if (shown === undefined || shown.contentRef === null) return <Empty title="Its bytes are not kept here" />;
  const url = `/api/document-families/${encodeURIComponent(familyId)}/contents/${encodeURIComponent(shown.id)}`;
  return (
    <div>
      <Group gap={6} className="panel-body">
        {objects.length > 1 &&
          objects.map(({ id, origin, index }) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={id === shown.id}
              onClick={() => setChosen(id)}
            >
              {origin === undefined ? 'Version' : 'Made by a step'} {index + 1}
            </button>
          ))}
        <span className="muted">{sizeText(shown.size)}</span>
        <span className="grow" />
        <Button component="a" href={url} download size="compact-xs" variant="default">
          Save
        </Button>
      </Group>
      <Content key={shown.id} familyId={familyId} object={shown} url={url} />
    </div>
  );
}

function Content({ familyId, object, url }: { familyId: string; object: ContentObject; url: string }) {
  const about = useQuery({
    queryKey: ['content', familyId, object.id],
    queryFn: async ({ signal }) => {
      const response = await api.documentFamilies.content(familyId, object.id, { signal });
      const type = response.headers.get('content-type') ?? '';
      if (TEXT.test(type)) return { type, text: await beginning(response) };
      await response.body?.cancel();
      return { type, text: undefined };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (about.error) return <Problem error={about.error} onRetry={() => void about.refetch()} />;
  if (about.data === undefined) return <Skeleton h={480} />;
  const { type, text } = about.data;
  return shownAs(type, url, text);
}

function shownAs(type: string, url: string, text: string | undefined): ReactNode {
  if (type.startsWith('application/pdf')) {
    return (
      <Suspense fallback={<Skeleton h={480} />}>
        <PdfPages url={url} />
      </Suspense>
    );
  }
  if (type === 'image/png' || type === 'image/jpeg') return <img src={url} alt="The document" className="picture" />;
  if (text !== undefined) {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
      <section className="json mono" dir="auto" tabIndex={0} aria-label="Text of the document">
        {text}
      </section>
    );
  }
  return <Empty title="It cannot be shown here">{type || 'Its type is not known.'}</Empty>;
}

/** Reads no more than can be shown. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > MOST_SHOWN_BYTES) {
      await reader?.cancel();
      return `${text.slice(0, MOST_SHOWN_BYTES)}\n…`;
    }
  }
  return text;
}

function sizeText(bytes: number | null): string {
  if (bytes === null) return '';
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
