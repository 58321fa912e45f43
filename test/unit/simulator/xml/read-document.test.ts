import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../src/simulator/xml/read-document.ts';

function read(type: string, inner: string) {
  return readDocument(Buffer.from(`<message-context type="${type}">${inner}</message-context>`));
}

function messagesOf(type: string, inner: string) {
  const reading = read(type, inner);
  return reading.kind === 'submission' ? reading.submission.messages : reading.refusal;
}

describe('readDocument', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'klingon'])(
    'refuses a document of type %s',
    (type) => {
      const reading = read(type, '<text>a</text><gsmnos>5321234567</gsmnos>');
      expect(reading).toMatchObject({ kind: 'refused', refusal: { code: '90' } });
    },
  );

  it('reads every element of the head, in any order', () => {
    const reading = read(
      'smmgsd',
      '<gsmnos>5321234567</gsmnos><text> Merhaba </text><expire-date>01042026153000</expire-date>' +
        '<start-date>01042026120000</start-date><reference>r</reference><outbox-name> DEMO </outbox-name>' +
        '<password>p&amp;w</password><username>007</username><message-header/>',
    );
    expect(reading).toEqual({
      kind: 'submission',
      submission: {
        surface: 'xml',
        username: '007',
        password: 'p&w',
        title: 'DEMO',
        reference: 'r',
        startDate: '01042026120000',
        expireDate: '01042026153000',
        messages: [{ number: '5321234567', to: '905321234567', text: ' Merhaba ' }],
        lengthRule: 'RejectAllPackage',
        answersPerRecipient: false,
      },
    });
  });

  it.each([
    ['under the root', '<text>a</text><gsmnos>5321234567,5321234568</gsmnos>'],
    ['inside message', '<text>a</text><message><gsmnos>5321234567,5321234568</gsmnos></message>'],
    ['twice', '<text>a</text><gsmnos>5321234567</gsmnos><gsmnos>5321234568</gsmnos>'],
  ])('finds gsmnos %s', (_, inner) => {
    expect(messagesOf('smmgsd', inner)).toEqual([
      { number: '5321234567', to: '905321234567', text: 'a' },
      { number: '5321234568', to: '905321234568', text: 'a' },
    ]);
  });

  it('reads a text for each number, with message-type between or without', () => {
    const inner =
      '<message><gsmno>5321234567</gsmno><text>a</text></message>' +
      '<message><gsmno>5321234568</gsmno><message-type>0</message-type><text>b</text></message>';
    expect(messagesOf('mmmgsd', inner)).toEqual([
      { number: '5321234567', to: '905321234567', text: 'a' },
      { number: '5321234568', to: '905321234568', text: 'b' },
    ]);
  });

  it('keeps a number that is none, as none', () => {
    expect(messagesOf('mmmgsd', '<message><gsmno>212</gsmno><text>a</text></message>')).toEqual([
      { number: '212', to: undefined, text: 'a' },
    ]);
  });

  it.each([
    ['an unknown type', 'xxxgsd', '<text>a</text><gsmnos>5321234567</gsmnos>'],
    ['no text', 'smmgsd', '<gsmnos>5321234567</gsmnos>'],
    ['an empty text', 'smmgsd', '<text></text><gsmnos>5321234567</gsmnos>'],
    ['two texts', 'smmgsd', '<text>a</text><text>b</text><gsmnos>5321234567</gsmnos>'],
    ['gsmno in smmgsd', 'smmgsd', '<text>a</text><message><gsmno>5321234567</gsmno></message>'],
    ['gsmnos in mmmgsd', 'mmmgsd', '<text>a</text><gsmnos>5321234567</gsmnos>'],
    ['a message without text', 'mmmgsd', '<message><gsmno>5321234567</gsmno></message>'],
    ['a message without number', 'mmmgsd', '<message><text>a</text></message>'],
  ])('refuses %s with 90 and an explanation', (_, type, inner) => {
    const refusal = messagesOf(type, inner);
    expect(refusal).toMatchObject({ code: '90', text: expect.not.stringMatching(/XML (null|Parser)/) });
  });

  it('refuses another root with 90', () => {
    expect(readDocument(Buffer.from('<sms type="smmgsd"/>'))).toMatchObject({ refusal: { code: '90' } });
  });

  it.each(['', ' \r\n'])('answers XML null to %j', (body) => {
    expect(readDocument(Buffer.from(body))).toMatchObject({ refusal: { code: '90', text: 'XML null' } });
  });

  it('answers a parser error to broken XML', () => {
    const refusal = { code: '90', text: expect.stringMatching(/^XML Parser Hatasi : ./) };
    expect(readDocument(Buffer.from('<message-context'))).toMatchObject({ refusal });
  });
});
