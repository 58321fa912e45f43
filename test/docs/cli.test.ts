import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { numberColumnNames, numberWords } from '../../src/cli/csv/header.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

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

describe('docs/cli.md', () => {
  it('has a section for every command, and for no other', () => {
    const sections = [...page.matchAll(/^### `jetsms ([a-z-]+)`/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual(program.commands.map((command) => command.name()).sort());
  });

  it('has a row for every exit code', () => {
    for (const code of Object.values(exitCodes)) expect(page).toContain(`\n| ${code} | `);
  });

  it('names every column name for numbers', () => {
    for (const name of [...numberColumnNames, ...numberWords]) expect(page).toContain(`\`${name}\``);
  });
});
