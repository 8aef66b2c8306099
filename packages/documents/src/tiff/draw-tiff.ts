import type { Canvas, Image } from '@napi-rs/canvas';
import { drawPage, type PageImage, POINTS_PER_INCH } from '../page-image.ts';
import { singlePage } from './single-page.ts';
import { TAG, type TiffPage } from './tiff-page.ts';
import { COMPRESSION, damagedPicture, type TiffPicture, tiffPicture } from './tiff-picture.ts';

/** A picture in a format that only a library knows, as a PNG. */
export type PictureDecoder = (bytes: Uint8Array) => Promise<Uint8Array>;

/** More make words no clearer, and take memory. */
const MAX_DPI = 300;

/**
 * A page of a TIFF, upright, with as many dots to the inch as it has, up to 300; a fax has fewer from top to bottom than across.
 * Throws IMAGE_INVALID.
 * @param dpi of a page that does not say it itself
 */
export async function drawTiffPage(page: TiffPage, dpi: number, decode: PictureDecoder): Promise<PageImage> {
  const stored = tiffPicture(page);
  const picture = stored.compression === COMPRESSION.jpeg ? await jpegOf(page, stored) : await decoded();
  const { across, down } = dotsPerInch(page, dpi);
  const [a, b, c, d, e, f] = UPRIGHT[page.number(TAG.orientation, 1)] ?? AS_IT_IS;
  const width = (stored.width / across) * POINTS_PER_INCH;
  const height = (stored.height / down) * POINTS_PER_INCH;
  const size = a === 0 ? { width: height, height: width } : { width, height };
  return drawPage(size, Math.min(Math.max(across, down), MAX_DPI), (canvas) => {
    const context = canvas.getContext('2d');
    const { width: x, height: y } = canvas;
    context.imageSmoothingQuality = 'high';
    context.setTransform(a * x, b * y, c * x, d * y, e * x, f * y);
    context.drawImage(picture, 0, 0, 1, 1);
  });

  async function decoded(): Promise<Image> {
    const { loadImage } = await import('@napi-rs/canvas');
    const png = await decode(singlePage(page, stored)).catch((cause: unknown) => {
      throw damagedPicture('its picture is damaged', cause);
    });
    return loadImage(png);
  }
}

type Transform = readonly [number, number, number, number, number, number];

const AS_IT_IS: Transform = [1, 0, 0, 1, 0, 0];

/** How a picture of width and height 1 is turned and mirrored, by the orientation in which it is stored. */
const UPRIGHT: Readonly<Record<number, Transform>> = {
  2: [-1, 0, 0, 1, 1, 0],
  3: [-1, 0, 0, -1, 1, 1],
  4: [1, 0, 0, -1, 0, 1],
  5: [0, 1, 1, 0, 0, 0],
  6: [0, 1, -1, 0, 1, 0],
  7: [0, -1, -1, 0, 1, 1],
  8: [0, -1, 1, 0, 0, 1],
};

const UNIT = { none: 1, centimetre: 3 };
const CENTIMETRES_PER_INCH = 2.54;

function dotsPerInch(page: TiffPage, dpi: number): { across: number; down: number } {
  const unit = page.number(TAG.resolutionUnit, 2);
  const scale = unit === UNIT.centimetre ? CENTIMETRES_PER_INCH : 1;
  const across = page.number(TAG.xResolution, 0) * scale;
  const down = page.number(TAG.yResolution, 0) * scale;
  const isSaid = unit !== UNIT.none && [across, down].every((dots) => dots >= 36 && dots <= 4_800);
  return isSaid ? { across, down } : { across: dpi, down: dpi };
}

/** Each strip is a JPEG file, but for the tables that all have in common. */
async function jpegOf(page: TiffPage, { width, height, rowsPerStrip, strips }: TiffPicture): Promise<Canvas> {
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  const tables = page.values.get(TAG.jpegTables)?.bytes;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  for (const [index, strip] of strips.entries()) {
    const file = tables === undefined ? strip : Buffer.concat([tables.subarray(0, -2), strip.subarray(2)]);
    const picture = await loadImage(file).catch((cause: unknown) => {
      throw damagedPicture('its picture is damaged', cause);
    });
    context.drawImage(picture, 0, index * rowsPerStrip);
  }
  return canvas;
}
