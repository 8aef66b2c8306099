import { XMLParser } from 'fast-xml-parser';
import { DocumentError } from '../document-error.ts';

/** An element with its children in the order of the document; a text is an element named `#text`. */
export interface OrderedElement {
  name: string;
  text: string;
  attributes: Record<string, string>;
  children: OrderedElement[];
}

/** Office nests text boxes in tables in text boxes; a bomb nests deeper. */
const MAX_DEPTH = 200;

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
});

type RawNode = Record<string, unknown>;

/** The top of an XML file of an Office document. Throws OFFICE_INVALID; entities are none of its business. */
export function parseOrdered(xml: string): OrderedElement {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new DocumentError('OFFICE_INVALID', 'The file declares entities');
  try {
    const nodes: RawNode[] = parser.parse(xml);
    return { name: '', text: '', attributes: {}, children: nodes.map(elementOf) };
  } catch (error) {
    throw new DocumentError('OFFICE_INVALID', 'The file is no Office document, or it is damaged', { cause: error });
  }
}

function elementOf(node: RawNode): OrderedElement {
  const attributes = (node[':@'] ?? {}) as Record<string, string>;
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const content = node[name];
  if (!Array.isArray(content)) return { name, text: String(content ?? ''), attributes, children: [] };
  return { name, text: '', attributes, children: content.map(elementOf) };
}

/** The elements of a name anywhere below an element, not looking inside of those found. */
export function descendants(element: OrderedElement, name: string): OrderedElement[] {
  return element.children.flatMap((child) => (child.name === name ? [child] : descendants(child, name)));
}

export function childrenOf(element: OrderedElement, name: string): OrderedElement[] {
  return element.children.filter((child) => child.name === name);
}

/** All text below an element. */
export function textBelow(element: OrderedElement): string {
  return element.name === '#text' ? element.text : element.children.map(textBelow).join('');
}
