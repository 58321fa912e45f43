import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { captureCli } from './capture.ts';

describe('runCli', () => {
  it('prints the version of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(await captureCli(['--version'])).toEqual({ exitCode: 0, out: [manifest.version], err: [] });
  });

  it('prints help on standard output when asked, on standard error with exit code 2 when not', async () => {
    const asked = await captureCli(['--help']);
    expect(asked.exitCode).toBe(0);
    expect(asked.out.join('\n')).toContain('Usage: jetsms');
    const notAsked = await captureCli([]);
    expect(notAsked).toMatchObject({ exitCode: 2, out: [] });
    expect(notAsked.err.join('\n')).toContain('Usage: jetsms');
  });

  it.each([
    [['codez'], "unknown command 'codez' (Did you mean codes?)"],
    [['codes', '--foo'], "unknown option '--foo'"],
    [['codes', 'extra'], 'too many arguments'],
    [['simulator', '--port'], 'argument missing'],
    [['simulator', '--port', 'x'], "option '--port <number>' has a value that cannot be used"],
  ])('refuses %j in one line, with exit code 2', async (args, words) => {
    const { exitCode, out, err } = await captureCli(args);
    expect({ exitCode, out, lines: err.length }).toEqual({ exitCode: 2, out: [], lines: 1 });
    expect(err[0]).toMatch(/^error USAGE: /);
    expect(err[0]).toContain(words);
  });

  it('tells errors as JSON where --json is among the arguments', async () => {
    const { exitCode, err } = await captureCli(['codes', '--json', '--foo']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(err[0]!)).toEqual({
      error: { code: 'USAGE', message: expect.stringContaining('--foo') },
    });
  });

  it.each([[['05321234567']], [['codes', '05321234567']], [['simulator', '--port', '05321234567']]])(
    'never repeats a number out of %j',
    async (args) => {
      expect((await captureCli(args)).err.join()).not.toContain('5321234567');
    },
  );

  it('prints a stack only where JETSMS_DEBUG is set', async () => {
    expect((await captureCli(['codez'])).err).toHaveLength(1);
    const { err } = await captureCli(['codez'], { env: { JETSMS_DEBUG: '1' } });
    expect(err.slice(1).join('\n')).toMatch(/\n {4}at /);
  });
});
