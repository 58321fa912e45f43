import { describe, expect, it } from 'vitest';
import { captureCli } from '../capture.ts';

const partsWith = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  captureCli(['parts', ...args], { env });
const parts = async (...args: readonly string[]) => partsWith({}, ...args);

describe('jetsms parts', () => {
  it('counts by the lengths of the list of codes, and calls that an assumption', async () => {
    const { out, exitCode } = await parts('ş'.repeat(161));
    expect(exitCode).toBe(0);
    expect(out).toEqual([
      'SMS parts   2',
      'characters  161',
      'counted by  partsModel list: an assumption about what JetSMS charges',
      'takes       161 characters, of 153 in a part',
      'certainty   The lengths are certain. That JetSMS charges by them is an assumption.',
    ]);
  });

  it("counts by the account's model", async () => {
    const env = { JETSMS_PARTS_MODEL: 'turkish-letters' };
    const { out } = await partsWith(env, `${'a'.repeat(155)}ş`);
    expect(out).toContain('SMS parts   2');
    expect(out.join('\n')).toMatch(/^ş {10}U\+015F {6}1 {6}1 {6}it is only in a national table/m);
  });

  it('counts by the model that is named, whatever the account has', async () => {
    const env = { JETSMS_PARTS_MODEL: 'turkish-letters' };
    const { out } = await partsWith(env, '--model', 'operator-code', '--json', 'a'.repeat(156));
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      model: 'operator-code',
      parts: 2,
      units: 161,
      certainty: expect.stringContaining('not known'),
    });
  });

  it('knows no account of another name', async () => {
    const { exitCode, err } = await parts('--account', 'shop', 'x');
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toContain('ACCOUNT_UNKNOWN');
  });

  it('counts what goes over the air, and names what makes it dearer', async () => {
    const { out } = await parts('--model', '3gpp', 'Ücret 10€, şifre');
    expect(out.join('\n')).toMatch(/^SMS parts {3}1$/m);
    expect(out.join('\n')).toMatch(/^ş {10}U\+015F {6}1 {6}1 {6}it is missing in the allowed tables/m);
  });

  it('counts with the tables that the network allows', async () => {
    const args = ['--model', '3gpp', '--tables', 'turkish-single', '--json', 'şifre'];
    const { out } = await parts(...args);
    expect(JSON.parse(out.join('\n'))).toMatchObject({ parts: 1, unit: 'septet', units: 6 });
  });

  it('refuses a model that is none', async () => {
    for (const model of ['own', 'constructor', 'provider']) {
      const { exitCode, err } = await parts('--model', model, 'x');
      expect(exitCode).toBe(2);
      expect(err.join('\n')).toContain('error USAGE');
    }
  });
});
