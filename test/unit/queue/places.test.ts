import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { installationPrefix, placeOf } from '../../../src/queue/names.ts';

const single = { isCluster: false };
const cluster = { isCluster: true };

/** What Redis hashes of a key: what stands in its first braces, if anything does. */
function tagOf(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open === -1 || close <= open + 1 ? key : key.slice(open + 1, close);
}

describe('where an account lies', () => {
  it.each(['{jetsms}', 'jetsms', 'a{b}c', '{}'])(
    'is under the prefix as it is, outside of a cluster: %s',
    (prefix) => {
      expect(placeOf(single, prefix, 'bank')).toEqual({ prefix, account: 'bank' });
      expect(installationPrefix(single, prefix)).toBe(prefix);
    },
  );

  it.each([
    ['{jetsms}', '{jetsms.bank}', '{jetsms}'],
    ['jetsms', '{jetsms.bank}', '{jetsms}'],
    ['eu:{jetsms}:v2', 'eu:{jetsms.bank}:v2', 'eu:{jetsms}:v2'],
    ['{}', '{-.bank}', '{-}'],
    ['a}b{', '{ab.bank}', '{ab}'],
  ])('is in a cluster under a hash tag of its own: %s', (prefix, ofAccount, ofInstallation) => {
    expect(placeOf(cluster, prefix, 'bank').prefix).toBe(ofAccount);
    expect(installationPrefix(cluster, prefix)).toBe(ofInstallation);
  });

  it('is in a cluster one slot for each account, whatever the prefix and whatever stands behind it', () => {
    const account = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
    const text = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(text, account, account, text, text, (prefix, one, other, end, otherEnd) => {
        const [place, another] = [placeOf(cluster, prefix, one), placeOf(cluster, prefix, other)];
        expect(tagOf(place.prefix + end)).toBe(tagOf(place.prefix + otherEnd));
        expect(tagOf(place.prefix) === tagOf(another.prefix)).toBe(one === other);
        const own = installationPrefix(cluster, prefix);
        expect(tagOf(own + end)).toBe(tagOf(own + otherEnd));
        expect(installationPrefix(cluster, own)).toBe(own);
      }),
    );
  });
});
