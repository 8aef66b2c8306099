import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const LIBRARY = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');

/** What the PDF library reads when a document needs it: character maps, standard fonts, decoders of scans. */
const KINDS = [
  { folder: 'cmaps', named: /\.bcmap$/ },
  { folder: 'standard_fonts', named: /\.(pfb|ttf)$/ },
  // The policy of pages allows no WebAssembly.
  { folder: 'wasm', named: /_nowasm_fallback\.js$/ },
];

/** Adds those files to the build, and says in `PDF_FILES` where they lie. */
export function pdfFiles(): Plugin {
  const { version } = JSON.parse(readFileSync(LIBRARY, 'utf8'));
  const place = `assets/pdf-${version}`;
  const files = new Map(
    KINDS.flatMap(({ folder, named }) =>
      readdirSync(join(dirname(LIBRARY), folder))
        .filter((name) => named.test(name))
        .map((name) => [`${place}/${folder}/${name}`, join(dirname(LIBRARY), folder, name)]),
    ),
  );
  return {
    name: 'pdf-files',
    config: () => ({ define: { PDF_FILES: JSON.stringify(`/${place}/`) } }),
    generateBundle() {
      for (const [fileName, path] of files) this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = files.get(request.url?.slice(1) ?? '');
        if (path === undefined) return next();
        response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'application/octet-stream');
        response.end(readFileSync(path));
      });
    },
  };
}
