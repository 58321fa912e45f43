import { describe, expect, it } from 'vitest';
import { checkMedia, checkSubject, mediaRules } from '../../../src/message/media.ts';

const data = Buffer.from('x');

describe('the medium of an MMS', () => {
  it.each(['image/jpeg', 'IMAGE/JPEG', ' image/jpeg ', 'image/jpeg; name=a.jpg'])(
    'has its type in one form, however it is written: %s',
    (contentType) => {
      expect(checkMedia({ contentType, data }, mediaRules)).toEqual({ contentType: 'image/jpeg', data });
    },
  );

  it('may be as large as the account allows, and no larger', () => {
    const rules = { contentTypes: ['image/png'], maxBytes: 3 };
    const of = (bytes: number) => () =>
      checkMedia({ contentType: 'image/png', data: new Uint8Array(bytes) }, rules);
    expect(of(3)).not.toThrow();
    expect(of(4)).toThrow('media.data: The media has 4 bytes; the account allows 3.');
  });

  it.each([undefined, null, 'image/jpeg', {}, { contentType: 'image/jpeg' }, { contentType: 1, data }])(
    'is refused where it is none: %j',
    (media) => {
      expect(() => checkMedia(media, mediaRules)).toThrow('Pass the bytes of the file');
    },
  );
});

describe('the subject of an MMS', () => {
  it('is trimmed and composed, and may be empty', () => {
    expect(checkSubject('  Yeni s\u0327eyler ', 'utf-8')).toBe('Yeni şeyler');
    expect(checkSubject('', 'utf-8')).toBe('');
  });

  it.each([undefined, 7, 'x'.repeat(41), 'zwei\nZeilen', 'a\u0000b'])('is refused as %j', (subject) => {
    expect(() => checkSubject(subject, 'utf-8')).toThrow('at most 40 characters');
  });

  it('must fit the character set of the account', () => {
    expect(() => checkSubject('10 €', 'iso-8859-9')).toThrow('iso-8859-9');
    expect(checkSubject('10 €', 'utf-8')).toBe('10 €');
  });
});
