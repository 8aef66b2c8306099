import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

const LETTER = `Ada Example, 12 Mill Lane, Leeds

Dear Sir or Madam,

this is a complaint: the kettle that you sent me is broken.
Please send me a refund of 35.00 GBP.

Yours faithfully,
Ada Example`;

const FONT = fileURLToPath(import.meta.resolve('pdfjs-dist/standard_fonts/LiberationSans-Regular.ttf'));

/** A letter as a scanner gives it: a PNG without any text, 100 dots to the inch. */
export async function drawLetter(): Promise<Blob> {
  GlobalFonts.registerFromPath(FONT, 'Letter');
  const canvas = createCanvas(827, 560);
  const paper = canvas.getContext('2d');
  paper.fillStyle = 'white';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = 'black';
  paper.font = '21px Letter';
  for (const [index, line] of LETTER.split('\n').entries()) paper.fillText(line, 83, 110 + index * 36);
  return new Blob([await canvas.encode('png')]);
}
