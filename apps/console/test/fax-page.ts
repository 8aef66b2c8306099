/** Eight black rows of eight dots each, as fax machines and scanners compress them (ITU-T T.6). */
const ROWS = '26a2fffe002002';

const OBJECTS = [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  '<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>',
  `<</Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 1/ColorSpace/DeviceGray/Length ${ROWS.length + 1}
/Filter[/ASCIIHexDecode/CCITTFaxDecode]/DecodeParms[null<</K -1/Columns 8/Rows 8>>]>>stream\n${ROWS}>\nendstream`,
  '<</Length 27>>stream\nq 100 0 0 100 0 0 cm /I Do Q\nendstream',
];

/** A PDF of one page that is black all over. */
export function faxPage(): Buffer {
  const bodies = OBJECTS.map((object, index) => `${index + 1} 0 obj ${object} endobj\n`);
  let length = '%PDF-1.5\n'.length;
  const places = bodies.map((body) => {
    const place = `${String(length).padStart(10, '0')} 00000 n \n`;
    length += body.length;
    return place;
  });
  const table = `xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer <</Size 6/Root 1 0 R>>\nstartxref\n${length}\n%%EOF`;
  return Buffer.from(`%PDF-1.5\n${bodies.join('')}${table}`);
}
