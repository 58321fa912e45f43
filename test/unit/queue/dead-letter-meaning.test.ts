import { describe, expect, it } from 'vitest';
import { uncertainCauses, unsentCauses } from '../../../src/jetsms/outcome.ts';
import { meaningOfCode, meaningOfDeath } from '../../../src/queue/dead-letter-meaning.ts';
import { deadReasons } from '../../../src/queue/journal.ts';

describe('meaningOfCode', () => {
  it.each([
    ['12', 'sender title wrong or not approved'],
    ['28', "not in the list of JetSMS; public clients take it for: the sender's IP address is not allowed"],
    ['99', 'not in the list of JetSMS; public clients take it for: a system error'],
    ['999', 'not in the list of JetSMS; never taken for success'],
    ['http-401', 'HTTP 401 instead of a reply'],
    ['something-new', 'something-new'],
  ])('says of %s: %s', (code, meaning) => {
    expect(meaningOfCode(code)).toBe(meaning);
  });

  it('tells the rows of 90 apart by their names', () => {
    expect(meaningOfCode('90', '90-xml-null')).toBe('the XML did not arrive');
    expect(meaningOfCode('90', '90-parser')).toBe('the XML could not be parsed');
    expect(meaningOfCode('90', 'constructor')).toBe("error in the XML's structure");
  });

  it.each([...unsentCauses, ...uncertainCauses, 'soap-fault', 'circuit-open'])(
    'has words for %s',
    (cause) => {
      expect(meaningOfCode(cause)).not.toBe(cause);
    },
  );
});

describe('meaningOfDeath', () => {
  it.each(deadReasons)('has words for %s', (reason) => {
    expect(meaningOfDeath({ reason, text: 'words' })).toMatch(/./);
  });

  it('names the last cause of an expired message', () => {
    expect(meaningOfDeath({ reason: 'expired', code: 'dns' })).toBe(
      'its deadline passed; last: the endpoint has no address',
    );
  });
});

describe('a code that JavaScript has a word for', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'means itself: %s',
    (code) => {
      expect(meaningOfCode(code)).toBe(code);
      expect(meaningOfDeath({ reason: 'terminal', code })).toBe(code);
    },
  );
});
