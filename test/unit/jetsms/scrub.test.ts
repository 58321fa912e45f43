import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubProviderText } from '../../../src/jetsms/scrub.ts';

describe('the provider’s words', () => {
  it.each([
    ['wrong user', 'wrong user'],
    ['Mesaj 160 den uzun. Max 612 olabilir.', 'Mesaj 160 den uzun. Max 612 olabilir.'],
    ['bad number 905321234567', 'bad number *'],
    ['bad +90 (532) 123 45 67!', 'bad *!'],
    ['bad 0532-123-45-67', 'bad *'],
    ['numbers 905321234567,905321234568', 'numbers *,*'],
    ['123456', '123456'],
    ['two\r\nlines\u0000and\u2028more', 'two lines and more'],
  ])('%j becomes %j', (text, scrubbed) => {
    expect(scrubProviderText(text)).toBe(scrubbed);
  });

  it('lose a text and a password of ours, also where white space was folded', () => {
    const text = 'XML Parser Hatasi : <password>s3cret&</password> Kodunuz 4821 near';
    expect(scrubProviderText(text, ['s3cret&', 'Kodunuz\n4821'])).toBe(
      'XML Parser Hatasi : <password>*</password> * near',
    );
  });

  it('keep their words where ours is too short to be told apart', () => {
    expect(scrubProviderText('not enough limit', ['e', '', 'no'])).toBe('not enough limit');
  });

  it('never carry seven digits in a row, a control character, or more than 200 characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.stringMatching(/^\d{7,20}$/),
        (text, digits) => {
          const scrubbed = scrubProviderText(text + digits + text);
          expect(scrubbed).not.toMatch(/\d{7}|\p{Cc}/u);
          expect(scrubbed.length).toBeLessThanOrEqual(200);
          expect(scrubbed.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
