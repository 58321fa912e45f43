import { describe, expect, it } from 'vitest';
import { captureCli } from '../capture.ts';

const parts = async (...args: readonly string[]) => captureCli(['parts', ...args], { env: {} });

describe('jetsms parts', () => {
  it("counts by JetSMS's own arithmetic", async () => {
    const { out, exitCode } = await parts('ş'.repeat(161));
    expect(exitCode).toBe(0);
    expect(out).toEqual([
      'SMS parts   2',
      'characters  161',
      "counted by  JetSMS's own arithmetic, by which it charges",
      'takes       161 characters, of 153 in a part',
    ]);
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
    const { exitCode, err } = await parts('--model', 'own', 'x');
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toContain('error USAGE');
  });
});
