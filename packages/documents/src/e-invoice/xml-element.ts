import { createRequire } from 'node:module';
import type { X2jOptions, XMLParser } from 'fast-xml-parser';

/** An element: its children by their local name, each a list; `#text` is its text and `@name` an attribute. */
export interface XmlElement {
  [child: string]: XmlElement[] | string | undefined;
}

export interface XmlValue {
  text: string;
  /** The local names from the root to the element, with `/` between them. */
  path: string;
  element: XmlElement;
}

const MAX_CHARACTERS = 8 * 1024 * 1024;
const MAX_DEPTH = 40;

const OPTIONS: X2jOptions = {
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  alwaysCreateTextNode: true,
  maxNestedTags: MAX_DEPTH,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
};

const require = createRequire(import.meta.url);
let parser: XMLParser | undefined;

/** Most documents carry no XML: the library is loaded for the first that does. */
function loadParser(): XMLParser {
  const library: typeof import('fast-xml-parser') = require('fast-xml-parser');
  return new library.XMLParser(OPTIONS);
}

/** The root of an XML document and its name; null for what is none, is too large or too deep, or declares entities. */
export function parseXml(text: string): { name: string; root: XmlElement } | null {
  if (text.length > MAX_CHARACTERS || /<!(?:DOCTYPE|ENTITY)/i.test(text)) return null;
  try {
    parser ??= loadParser();
    const document: XmlElement = parser.parse(text);
    for (const [name, roots] of Object.entries(document)) {
      const root = Array.isArray(roots) ? roots[0] : undefined;
      if (root !== undefined) return { name, root };
    }
    return null;
  } catch {
    return null;
  }
}

/** The elements at a path below an element, such as `Party/Name`. */
export function elementsAt(element: XmlElement, path: string): XmlElement[] {
  return path.split('/').reduce<XmlElement[]>(
    (found, name) =>
      found.flatMap((parent) => {
        const children = parent[name];
        return Array.isArray(children) ? children : [];
      }),
    [element],
  );
}

/** The values at the first of the paths where there are any that are not empty. */
export function valuesAt(element: XmlElement, ...paths: string[]): XmlValue[] {
  for (const path of paths) {
    const values = elementsAt(element, path).flatMap((found) => {
      const text = textOf(found);
      return text === '' ? [] : [{ text, path, element: found }];
    });
    if (values.length > 0) return values;
  }
  return [];
}

function textOf(element: XmlElement): string {
  const text = element['#text'];
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '';
}
