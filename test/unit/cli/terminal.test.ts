import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal, printJson } from '../../../src/cli/terminal.ts';

describe('createTerminal', () => {
  it('writes lines to the two streams', () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const terminal = createTerminal(stdout, stderr);
    terminal.out('result');
    terminal.err('remark');
    expect([String(stdout.read()), String(stderr.read())]).toEqual(['result\n', 'remark\n']);
  });

  it('shows what a terminal would obey, on both streams and in JSON', () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const terminal = createTerminal(stdout, stderr);
    const hostile = '\u001b[2J\u009b1A\u202e\nerror FORGED';
    terminal.out(hostile);
    terminal.err(hostile);
    const shown = '\\u001b[2J\\u009b1A\\u202e\\u000aerror FORGED\n';
    expect([String(stdout.read()), String(stderr.read())]).toEqual([shown, shown]);
    printJson(terminal, { note: hostile, list: [1] });
    const json = String(stdout.read());
    expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(json).toContain('\n  "list": [\n');
    expect(JSON.parse(json)).toEqual({ note: hostile, list: [1] });
  });

  it('is as wide as its terminal, and without bound where there is none', () => {
    const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 72 });
    expect(createTerminal(screen, screen)).toMatchObject({ isTty: true, columns: 72 });
    const pipe = new PassThrough();
    expect(createTerminal(pipe, pipe)).toMatchObject({ isTty: false, columns: Number.POSITIVE_INFINITY });
  });
});
