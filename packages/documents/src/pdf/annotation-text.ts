import type { PdfPage } from './pdf-library.ts';

/** Text that an annotation shows on its page: points of the page's own coordinates, from the lower left corner. */
export interface AnnotationText {
  text: string;
  x: number;
  baseline: number;
  fontSize: number;
}

/** What the annotations of a page say: on the page, and in notes that open beside it. */
export interface AnnotationTexts {
  shown: AnnotationText[];
  notes: AnnotationText[];
}

/** The part of the library's description of an annotation that is read here. */
interface Annotation {
  subtype: string;
  annotationFlags: number;
  rect: number[] | null;
  fieldType?: string | null;
  fieldValue?: unknown;
  exportValue?: string;
  buttonValue?: string | null;
  checkBox?: boolean;
  radioButton?: boolean;
  password?: boolean;
  multiLine?: boolean;
  options?: { exportValue: string | null; displayValue: string | null }[];
  defaultAppearanceData?: { fontSize?: number } | null;
  textContent?: string[] | null;
  textPosition?: number[] | null;
  contentsObj?: { str?: string } | null;
}

const HIDDEN = 2 | 32;
const DEFAULT_FONT_SIZE = 10;
const LINE_SPACING = 1.2;
/** A comment belongs to the annotation it pops up for; a link has no text of its own. */
const WITHOUT_NOTE = new Set(['Popup', 'Link', 'Widget', 'FreeText']);

/** The values of filled form fields, free texts and notes of a page. */
export async function readAnnotations(page: PdfPage): Promise<AnnotationTexts> {
  const annotations: Annotation[] = await page.getAnnotations();
  const visible = annotations.filter(({ annotationFlags }) => (annotationFlags & HIDDEN) === 0);
  return {
    shown: visible.flatMap((annotation) => placed(annotation, shownLines(annotation))),
    notes: visible.flatMap((annotation) => placed(annotation, noteLines(annotation))),
  };
}

function shownLines(annotation: Annotation): string[] {
  const { subtype, fieldType, contentsObj } = annotation;
  const textContent = annotation.textContent ?? [];
  if (subtype !== 'Widget')
    return textContent.length > 0 || subtype !== 'FreeText' ? textContent : linesOf(contentsObj?.str);
  if (annotation.password) return [];
  if (fieldType === 'Btn') return isChecked(annotation) ? ['☒'] : textContent;
  const values = [annotation.fieldValue].flat().filter((value) => typeof value === 'string');
  if (fieldType === 'Ch') return values.map((value) => displayed(annotation, value));
  // The appearance has the breaks of the lines, but puts spaces between the letters of a comb.
  const value = values.join('\n');
  return annotation.multiLine && textContent.length > 0 ? textContent : linesOf(value);
}

function isChecked({ checkBox, radioButton, fieldValue, exportValue, buttonValue }: Annotation): boolean {
  if (checkBox) return typeof fieldValue === 'string' && fieldValue !== 'Off' && fieldValue === exportValue;
  return radioButton === true && typeof fieldValue === 'string' && fieldValue === buttonValue;
}

function displayed({ options = [] }: Annotation, value: string): string {
  return options.find(({ exportValue }) => exportValue === value)?.displayValue ?? value;
}

function noteLines({ subtype, contentsObj }: Annotation): string[] {
  return WITHOUT_NOTE.has(subtype) ? [] : linesOf(contentsObj?.str);
}

function linesOf(text: string | undefined): string[] {
  return text?.split(/\r\n?|\n/) ?? [];
}

function placed(annotation: Annotation, lines: string[]): AnnotationText[] {
  const [left = 0, bottom = 0, , top = 0] = annotation.rect ?? [];
  const height = top - bottom;
  const fontSize =
    annotation.defaultAppearanceData?.fontSize || Math.min(DEFAULT_FONT_SIZE, height / lines.length || 1);
  const [x = 2, first] = annotation.textPosition ?? [];
  const isOneLine = lines.length === 1 && height < fontSize * 2 * LINE_SPACING;
  const start = first ?? (isOneLine ? (height - fontSize) / 2 + fontSize * 0.2 : height - fontSize);
  return lines
    .map((text, index) => ({ text, x: left + x, baseline: bottom + start - index * fontSize * LINE_SPACING, fontSize }))
    .filter(({ text }) => text.trim() !== '');
}
