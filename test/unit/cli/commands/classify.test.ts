import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/codes/index.ts';
import { encode } from '../../../support/encode.ts';
import { type CaptureOptions, captureCli } from '../capture.ts';

async function classifyJson(args: readonly string[], options: CaptureOptions = {}) {
  const { out } = await captureCli(['classify', '--json', ...args], options);
  return out.map((line) => JSON.parse(line));
}

describe('jetsms classify', () => {
  it('explains each argument in one JSON object a line', async () => {
    const replies = ['00 130228114512', '90 XML null', '28 x', '<html>', ''];
    expect(await classifyJson(replies)).toEqual(replies.map((reply) => explain(reply)));
  });

  it('explains each line of standard input, blank lines as empty replies', async () => {
    const stdin = ['10 wrong us', 'er\r\n\n204 A', 'çıklama\n', '11 not enough limit'];
    const explanations = await classifyJson([], { stdin });
    expect(explanations.map(({ code, reason, text }) => [code, reason, text])).toEqual([
      ['10', null, 'wrong user'],
      [null, 'empty', ''],
      ['204', null, 'Açıklama'],
      ['11', null, 'not enough limit'],
    ]);
  });

  it('gives up at a line that never ends, after the replies before it', async () => {
    const stdin = ['10 wrong user\n', ...Array<Uint8Array>(200).fill(new Uint8Array(65_536))];
    const { exitCode, out, err } = await captureCli(['classify', '--json'], { stdin });
    expect({ exitCode, replies: out.length }).toEqual({ exitCode: 2, replies: 1 });
    expect(err.join('\n')).toContain('REPLY_TOO_LONG');
  });

  it('reads each line of standard input in its own encoding', async () => {
    const stdin = [encode('90 Hatanın\n', 'iso-8859-9'), '90 açıklaması\n', '\uFEFF12 wrong title\n'];
    expect((await classifyJson([], { stdin })).map(({ text }) => text)).toEqual([
      'Hatanın',
      'açıklaması',
      'wrong title',
    ]);
  });

  it('prints nothing for an empty standard input', async () => {
    expect(await captureCli(['classify'])).toEqual({ exitCode: 0, out: [], err: [] });
  });

  it('asks for replies where nobody pipes any in', async () => {
    const { exitCode, err } = await captureCli(['classify'], { stdin: 'terminal' });
    expect(exitCode).toBe(2);
    expect(err[0]).toMatch(/^error NO_REPLIES: /);
  });

  it('explains for people without --json', async () => {
    const { out } = await captureCli(['classify', '10 wrong user']);
    expect(out[0]).toBe('10 wrong user');
    expect(out.join('\n')).toContain('Kullanıcı adı veya şifre hatalı');
  });
});
