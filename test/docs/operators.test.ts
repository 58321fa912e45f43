import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { holdReasons } from '../../src/queue/hold-reasons.ts';
import { deadReasons } from '../../src/queue/journal.ts';

const read = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');

const program = buildProgram({
  terminal: { out: () => {}, err: () => {}, isTty: false, columns: 80 },
  stdin: (async function* () {})(),
  env: {},
  stopSignal: () => new AbortController().signal,
  serviceSignal: () => new AbortController().signal,
  exit: () => {
    throw new Error('exit');
  },
  setExitCode: () => {},
});

/** The command that a line of an example calls, and what it does not know of the line. */
function unknownIn(line: string): readonly string[] {
  let command: Command = program;
  const options: string[] = [];
  for (const word of line.split(' ').slice(1)) {
    const inner = command.commands.find((one) => one.name() === word);
    if (inner) command = inner;
    else if (word.startsWith('--')) options.push(word);
  }
  if (command === program) return [line];
  return options.filter((option) => !command.options.some(({ long }) => long === option));
}

describe.each([
  ['dead-letters.md', deadReasons],
  ['holds.md', holdReasons],
])('docs/%s', (page, reasons) => {
  const text = read(page);

  it('shows only commands and options that there are', () => {
    const lines = [...text.matchAll(/^ {4}(jetsms .*)$/gm)].map(([, line = '']) => line);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.flatMap(unknownIn)).toEqual([]);
  });

  it('has a row for every reason, and for no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason);
    expect(rows.sort()).toEqual([...reasons].sort());
  });
});
