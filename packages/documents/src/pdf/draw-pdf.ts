import { drawPage, type PageImage } from '../page-image.ts';
import { withinBudget } from './inflation-budget.ts';
import { openPdf, type PdfPage } from './pdf-library.ts';

export interface PdfDrawing {
  /** A page as it is shown. Throws what the library throws for a damaged page, and PDF_INFLATES_TOO_FAR. */
  page(number: number): Promise<PageImage>;
  close(): Promise<void>;
}

/** Opens a PDF to look at its pages. Throws as `openPdf`. */
export async function openPdfDrawing(
  bytes: Uint8Array,
  { dpi, password }: { dpi: number; password: string | undefined },
): Promise<PdfDrawing> {
  const { result: document } = await withinBudget(() => openPdf(bytes, password, { drawn: true }));
  const draw = async (number: number): Promise<PageImage> => {
    const page = await document.getPage(number);
    try {
      const { width, height } = page.getViewport({ scale: 1 });
      return await drawPage({ width, height }, dpi, async (canvas, scale) => {
        // A canvas of the library that stands in for the browser's.
        const shown = canvas as unknown as Parameters<PdfPage['render']>[0]['canvas'];
        await page.render({ canvas: shown, viewport: page.getViewport({ scale }) }).promise;
      });
    } finally {
      page.cleanup();
    }
  };
  return {
    page: async (number) => (await withinBudget(() => draw(number))).result,
    close: async () => document.loadingTask.destroy(),
  };
}
