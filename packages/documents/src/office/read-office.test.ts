import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { detectFormat, type OfficeFormat } from './office-format.ts';
import { readOffice } from './read-office.ts';

function zipped(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

function read(bytes: Uint8Array, name: string | null = null, maxPages = 10) {
  const format = detectFormat(bytes, name);
  if (format === null || format === 'pdf') throw new Error(`not an office file: ${format}`);
  return readOffice(bytes, format, { maxPages });
}

const docx = zipped({
  'word/document.xml': `<w:document xmlns:w="w"><w:body>
    <w:p><w:r><w:t>Invoice No. </w:t></w:r><w:r><w:t xml:space="preserve">17 &amp; more</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Item</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Price</w:t></w:r></w:p></w:tc></w:tr>
    <w:tr><w:tc><w:p><w:r><w:t>A long name of tea</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>4.00</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
    <w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>one</w:t><w:br/><w:t>two</w:t></w:r></w:p></w:body></w:document>`,
  'word/header1.xml': '<w:hdr xmlns:w="w"><w:p><w:r><w:t>Acme Ltd</w:t></w:r></w:p></w:hdr>',
  'docProps/core.xml':
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>A title</dc:title><dc:creator>Ada</dc:creator></cp:coreProperties>',
});

describe('readOffice', () => {
  it('reads paragraphs and tables of a Word document in their order', async () => {
    const document = await read(docx);
    expect(document).toMatchObject({
      pageCount: 1,
      hasText: true,
      text: 'Acme Ltd\nInvoice No. 17 & more\nItem  Price\nA long name of tea  4.00\none\ntwo',
      metadata: { title: 'A title', author: 'Ada', producer: null },
      warnings: [],
    });
    const [head, row] = document.pages[0]?.lines.slice(2, 4) ?? [];
    expect(head?.spans[1]?.x).toBe(row?.spans[1]?.x);
  });

  it('reads sheets of a workbook: shared texts, numbers, dates, formulas', async () => {
    const bytes = zipped({
      'xl/workbook.xml': '<workbook><sheets><sheet name="Sales"/><sheet name="Empty"/></sheets></workbook>',
      'xl/sharedStrings.xml':
        '<sst><si><t>Day</t></si><si><r><t>To</t></r><r><t>tal</t></r><rPh><t>x</t></rPh></si></sst>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
      'xl/worksheets/sheet1.xml': `<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
        <row><c r="A2" s="1"><v>45363</v></c><c r="C2"><f>0.1+0.2</f><v>0.30000000000000004</v></c></row></sheetData></worksheet>`,
      'xl/worksheets/sheet2.xml': '<worksheet><sheetData/></worksheet>',
    });
    expect(await read(bytes)).toMatchObject({ pageCount: 2, text: 'Sales\nDay  Total\n2024-03-12  0.3\n\nEmpty' });
    expect(await read(bytes, null, 1)).toMatchObject({ pageCount: 2, warnings: [{ code: 'PAGES_LEFT_OUT' }] });
  });

  it('reads the slides of a presentation by their numbers', async () => {
    const slide = (text: string) =>
      `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`;
    const files = Object.fromEntries(
      [10, 2, 1].map((number) => [`ppt/slides/slide${number}.xml`, slide(`slide ${number}`)]),
    );
    const { pages } = await read(zipped({ 'ppt/presentation.xml': '<p/>', ...files }));
    expect(pages.map(({ text }) => text)).toEqual(['slide 1', 'slide 2', 'slide 10']);
  });

  it('reads the text of a web page, its tables by rows', async () => {
    const html =
      '<!doctype html><style>p{}</style><script>alert(1)</script><h1>Offer</h1><p>Dear &amp; all</p><table><tr><td>Tea</td><td>4.00</td></tr><tr><td>Coffee</td><td>5.00</td></tr></table>';
    const { text } = await read(strToU8(html));
    expect(text).toBe('Offer\nDear & all\nTea  4.00\nCoffee  5.00');
  });

  it('reads a mail: its head, its text, what is attached', async () => {
    const mail = [
      'From: =?utf-8?q?Ad=C3=A4?= <ada@example.org>',
      'To: Bob <bob@example.org>',
      'Subject: Invoice 17',
      'Date: Tue, 12 Mar 2024 10:00:00 +0100',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/html',
      '',
      '<p>Please pay <b>4 EUR</b></p>',
      '--x',
      'Content-Type: application/pdf; name=a.pdf',
      'Content-Disposition: attachment; filename=a.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--x--',
    ].join('\r\n');
    expect(await read(strToU8(mail))).toMatchObject({
      text: 'From: Adä <ada@example.org>\nTo: Bob <bob@example.org>\nDate: 2024-03-12T09:00:00.000Z\nSubject: Invoice 17\nAttachments: a.pdf\nPlease pay 4 EUR',
      attachments: [{ name: 'a.pdf', bytes: 3 }],
      metadata: { title: 'Invoice 17', createdAt: '2024-03-12T09:00:00.000Z' },
    });
  });

  it('reads texts of every encoding, and the columns in them', async () => {
    const latin1 = Uint8Array.from([...'Stra\u00dfe     12,50 \u00a3'], (character) => character.charCodeAt(0));
    const { pages } = await read(latin1);
    expect(pages[0]?.lines[0]?.spans).toMatchObject([
      { text: 'Straße', x: 0 },
      { text: '12,50 £', x: 55 },
    ]);
    expect((await read(Buffer.from('\ufeffprice 4 €', 'utf16le'))).text).toBe('price 4 €');
    expect((await read(strToU8('one\ftwo'))).pages).toHaveLength(2);
  });

  it('reads tables that are delimited by whatever', async () => {
    expect((await read(strToU8('name;price\n"Tea; green";4,00\n'), 'a.csv')).text).toBe(
      'name  price\nTea; green  4,00',
    );
    expect((await read(strToU8('a\tb\n1\t2'), 'a.tsv')).text).toBe('a  b\n1  2');
  });

  it.each<[string, Uint8Array, OfficeFormat, string]>([
    ['a broken package', strToU8('PK\u0003\u0004 nothing'), 'docx', 'OFFICE_INVALID'],
    ['no mail of Outlook', strToU8('hello'), 'msg', 'OFFICE_INVALID'],
    ['entities', zipped({ 'word/document.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' }), 'docx', 'OFFICE_INVALID'],
    ['a bomb', zipSync({ 'word/document.xml': new Uint8Array(130 * 1024 * 1024) }), 'docx', 'OFFICE_INFLATES_TOO_FAR'],
  ])('refuses %s', async (_what, bytes, format, code) => {
    if (format === 'pdf') return;
    await expect(readOffice(bytes, format, { maxPages: 1 })).rejects.toMatchObject({ code });
  });

  it('knows no format of other files', () => {
    expect(detectFormat(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), 'a.csv')).toBeNull();
    expect(detectFormat(zipped({ 'a.txt': 'a' }), null)).toBeNull();
  });
});
