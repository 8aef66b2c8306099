const HELVETICA = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>';

/** A PDF for tests, written by hand: each page a list of texts with their place (points from the lower left corner). */
export function minimalPdf(
  pages: { text: string; x: number; y: number; size?: number; angle?: 90 }[][],
  options: {
    /** The whole file with a password, or its attachments only. */
    encrypted?: boolean | 'attachments';
    rotate?: number;
    /** Entries of the annotations of each page. */
    annotations?: string[];
    /** The font, instead of Helvetica in Latin-1. */
    font?: string;
    /** The contents of each page, instead of its texts. */
    stream?: { bytes: Uint8Array; filters: string };
  } = {},
): Uint8Array {
  const { encrypted = false, rotate = 0, annotations = [], font = HELVETICA, stream } = options;
  const annots = annotations.map((entries) => `<< /Type /Annot ${entries} >>`).join(' ');
  const contents = pages.map((texts) =>
    texts
      .map(({ text, x, y, size = 10, angle }) => {
        const turn = angle === 90 ? '0 1 -1 0' : '1 0 0 1';
        return `BT /F1 ${size} Tf ${turn} ${x} ${y} Tm (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
      })
      .join('\n'),
  );
  const firstPage = 4;
  const pageNumbers = pages.map((_, index) => firstPage + index * 2);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pageNumbers.map((number) => `${number} 0 R`).join(' ')}] >>`,
    font,
    ...contents.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Rotate ${rotate} /Annots [${annots}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${firstPage + index * 2 + 1} 0 R >>`,
      stream === undefined
        ? streamObject(content, '')
        : streamObject(Buffer.from(stream.bytes).toString('latin1'), `/Filter ${stream.filters}`),
    ]),
    `<< /Title (A test) /CreationDate (D:20250102030405Z) >>`,
  ];
  const info = objects.length;
  if (encrypted) {
    const key = `<${'41'.repeat(32)}>`;
    const attachmentsOnly = '/V 4 /R 4 /CF << /A << /CFM /AESV2 >> >> /StmF /Identity /StrF /Identity /EFF /A';
    const scope = encrypted === 'attachments' ? attachmentsOnly : '/V 1 /R 2';
    objects.push(`<< /Filter /Standard ${scope} /O ${key} /U ${key} /P -4 >>`);
  }
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const encrypt = encrypted ? `/Encrypt ${objects.length} 0 R /ID [<00> <00>]` : '';
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Info ${info} 0 R ${encrypt} >>`;
  return Buffer.from(
    `${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${file.length}\n%%EOF\n`,
    'latin1',
  );
}

function streamObject(content: string, entries: string): string {
  return `<< /Length ${content.length} ${entries} >>\nstream\n${content}\nendstream`;
}
