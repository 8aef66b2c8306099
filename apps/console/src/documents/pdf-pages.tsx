import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { Problem } from '../problem.tsx';

GlobalWorkerOptions.workerSrc = workerUrl;

/** Where the build puts what the library reads when a document needs it. */
declare const PDF_FILES: string;

/** Pages a document begins with; the rest on request. */
const FIRST_PAGES = 10;

/** A PDF drawn page by page, as it comes into sight. Browsers' own viewers do not show what is as locked up as uploads. */
export function PdfPages({ url }: { url: string }) {
  const [shown, setShown] = useState(FIRST_PAGES);
  const pdf = useQuery({
    queryKey: ['pdf', url],
    queryFn: () => openPdf(url),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => () => void pdf.data?.loadingTask.destroy(), [pdf.data]);
  if (pdf.error) return <Problem error={pdf.error} />;
  if (pdf.data === undefined) return <Skeleton h={480} />;
  const { numPages } = pdf.data;
  const numbers = Array.from({ length: Math.min(numPages, shown) }, (_, index) => index + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className="pdf-pages" tabIndex={0} aria-label="Pages of the document">
      {numbers.map((number) => (
        <PdfPage key={number} pdf={pdf.data} number={number} of={numPages} />
      ))}
      {numPages > shown && (
        <button type="button" className="chip" onClick={() => setShown(shown + FIRST_PAGES)}>
          {numPages - shown} more pages
        </button>
      )}
    </section>
  );
}

function openPdf(url: string): Promise<PDFDocumentProxy> {
  const files = location.origin + PDF_FILES;
  return getDocument({
    ...{ url, useWasm: false, wasmUrl: `${files}wasm/` },
    ...{ cMapUrl: `${files}cmaps/`, standardFontDataUrl: `${files}standard_fonts/` },
  }).promise;
}

function PdfPage({ pdf, number, of }: { pdf: PDFDocumentProxy; number: number; of: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    let cancel = () => {};
    const watcher = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      watcher.disconnect();
      void draw(pdf, number, element, (stop) => {
        cancel = stop;
      });
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      cancel();
    };
  }, [pdf, number]);
  return <canvas ref={canvas} role="img" aria-label={`Page ${number} of ${of}`} />;
}

async function draw(
  pdf: PDFDocumentProxy,
  number: number,
  canvas: HTMLCanvasElement,
  onBegun: (cancel: () => void) => void,
): Promise<void> {
  const page = await pdf.getPage(number);
  const width = canvas.clientWidth * Math.min(window.devicePixelRatio, 2);
  const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  canvas.style.aspectRatio = `${viewport.width} / ${viewport.height}`;
  const drawing = page.render({ canvas, viewport });
  onBegun(() => drawing.cancel());
  // One that is taken off the page meanwhile is cancelled.
  await drawing.promise.catch(() => undefined);
}
