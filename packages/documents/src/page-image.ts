import type { Canvas } from '@napi-rs/canvas';
import { DocumentError } from './document-error.ts';

/** An upright page as it is looked at: black on white. */
export interface PageImage {
  /** In points. */
  width: number;
  height: number;
  pixelsPerPoint: number;
  /** Grey levels, as a PGM file. */
  pgm: Uint8Array;
}

export const POINTS_PER_INCH = 72;
/** More of a page takes memory and tells nothing: an A3 page at 300 dots to the inch has 17 million. */
const MAX_PIXELS = 20_000_000;

/** Draws a page of so many points; one that is very large, with fewer pixels to the inch than asked for. */
export async function drawPage(
  size: { width: number; height: number },
  dpi: number,
  draw: (canvas: Canvas, pixelsPerPoint: number) => Promise<void> | void,
): Promise<PageImage> {
  const { createCanvas } = await import('@napi-rs/canvas');
  const most = Math.sqrt(MAX_PIXELS / (size.width * size.height));
  const pixelsPerPoint = Math.min(dpi / POINTS_PER_INCH, most);
  const pixels = (points: number) => Math.max(1, Math.round(points * pixelsPerPoint));
  const canvas = createCanvas(pixels(size.width), pixels(size.height));
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  await draw(canvas, pixelsPerPoint);
  return { ...size, pixelsPerPoint, pgm: greyLevels(canvas) };
}

/**
 * A picture, such as a photo or what a scanner gave, as a page: so many of its pixels are an inch.
 * Throws IMAGE_INVALID for what is no PNG, JPEG, WebP, AVIF, GIF or BMP.
 */
export async function drawPicture(bytes: Uint8Array, dpi: number): Promise<PageImage> {
  const { loadImage } = await import('@napi-rs/canvas');
  const picture = await loadImage(bytes).catch((cause: unknown) => {
    throw new DocumentError('IMAGE_INVALID', 'The file is neither a PDF nor a picture that can be read', { cause });
  });
  const points = (pixels: number) => (pixels * POINTS_PER_INCH) / dpi;
  return drawPage({ width: points(picture.width), height: points(picture.height) }, dpi, (canvas) => {
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  });
}

/** A PGM takes a tenth of the time to write that a PNG takes, and of nothing else is made use of. */
function greyLevels(canvas: Canvas): Uint8Array {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const head = Buffer.from(`P5\n${canvas.width} ${canvas.height}\n255\n`);
  const pgm = new Uint8Array(head.length + data.length / 4);
  pgm.set(head);
  for (let from = 0, to = head.length; from < data.length; from += 4, to++) {
    // Red, green and blue by how bright they look, in 256ths.
    pgm[to] = (77 * (data[from] ?? 0) + 150 * (data[from + 1] ?? 0) + 29 * (data[from + 2] ?? 0)) >> 8;
  }
  return pgm;
}
