import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { messageStates } from '../../src/status/message-status.ts';

const page = readFileSync(new URL('../../docs/status.md', import.meta.url), 'utf8');
const [, states = ''] = page.split('## States');
const [table = ''] = states.split('##');
const rows = [...table.matchAll(/^\| `([a-z]+)` \| (.+) \|$/gm)];

describe('docs/status.md', () => {
  it('has a row for every state, with the meaning that the command line prints', () => {
    expect(Object.fromEntries(rows.map(([, state, meaning]) => [state, meaning]))).toEqual(messageStates);
  });
});
