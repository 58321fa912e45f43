import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  codeClasses,
  codeScopes,
  codeTable,
  parseReply,
  unknownCode,
  unofficialCodes,
  unofficialRows,
} from '../../../src/codes/index.ts';

interface FixtureRow {
  readonly code: string;
  readonly surface: string;
  readonly description: string;
  readonly literal: string | null;
  readonly meaning: string;
  readonly class: string;
  readonly scope: string | null;
  readonly fixed: boolean;
}

/** The list as written down for people, read independently of the code. */
function readFixture(): readonly FixtureRow[] {
  const text = readFileSync(new URL('../../fixtures/response-codes.md', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => /^\| \d/.test(line));
  return lines.map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, code, surface, description, literal, meaning, decided, scope] = cells as string[];
    return {
      code: code!,
      surface: surface!,
      description: description!,
      literal: /^`(.*?)`/.exec(literal!)?.[1] ?? null,
      meaning: meaning!,
      class: decided!.split(' ')[0]!,
      scope: scope === '–' ? null : scope!,
      fixed: decided!.includes('fixed'),
    };
  });
}

describe('the code table', () => {
  it('has every row of the list, in its order, with its words and decisions', () => {
    const ours = codeTable.map((row) => ({
      code: row.code,
      surface: row.surface,
      description: row.description,
      literal: row.literal,
      meaning: row.meaning,
      class: row.class,
      scope: row.scope,
      fixed: row.fixed,
    }));
    expect(readFixture()).toHaveLength(24);
    expect(ours).toEqual(readFixture());
  });

  it('names every row once and gives code 90 three rows', () => {
    expect(new Set(codeTable.map((row) => row.id)).size).toBe(codeTable.length);
    expect(codeTable.filter((row) => row.code === '90').map((row) => row.id)).toEqual([
      '90-parser',
      '90-xml-null',
      '90-other',
    ]);
  });

  it.each(codeTable)('has everything filled in for $id', (row) => {
    expect(codeClasses).toContain(row.class);
    expect([...codeScopes, null]).toContain(row.scope);
    expect(row.code).toMatch(/^\d{2,3}$/);
    for (const words of [row.description, row.meaning, row.action, row.hint, row.source]) {
      expect(words.trim()).not.toBe('');
    }
  });

  it('schedules retries for exactly the rows that are tried again, with growing delays', () => {
    for (const row of codeTable) {
      // Without credit nothing is tried again by a schedule: the account is held, and the hold is probed.
      const isTriedAgain = (row.class === 'retryable' && row.scope !== 'quota') || row.class === 'deferred';
      expect(row.retryDelaysMs.length > 0, row.id).toBe(isTriedAgain);
      expect([...row.retryDelaysMs].sort((a, b) => a - b)).toEqual(row.retryDelaysMs);
    }
  });

  it('prints its schedules', () => {
    const schedules = codeTable
      .filter((row) => row.retryDelaysMs.length > 0)
      .map((row) => [row.id, row.retryDelaysMs.map((delayMs) => delayMs / 1000)]);
    expect(schedules).toEqual([
      ['90-xml-null', [2, 10, 30, 120, 600]],
      ['204', [1800]],
    ]);
  });

  it.each(codeTable.filter((row) => row.literal !== null))('reads its own literal reply of $id', (row) => {
    expect(parseReply(row.literal ?? '')).toMatchObject({ kind: 'reply', code: row.code });
  });

  it('says of every fault of the account that one message is lost, and that the hold ends by itself', () => {
    const faults = [...codeTable, ...unofficialRows].filter(({ scope }) => scope === 'account');
    expect(faults.map(({ id }) => id)).toEqual(['10', '76', '77', '03', '28']);
    for (const { action } of faults) {
      expect(action).toContain('at the first refusal');
      expect(action).toContain('witness');
      expect(action).toContain('goes on by itself');
    }
  });

  it('treats an unlisted code as terminal', () => {
    expect(unknownCode).toMatchObject({ class: 'terminal', scope: null, reason: 'unknown-code' });
    expect(unknownCode.hint).toContain('customer service');
  });
});

describe('the codes outside the list', () => {
  it('are those that public clients have seen, and none that the list has', () => {
    const listed = codeTable.map(({ code }) => code);
    expect(unofficialCodes.map(({ code }) => code)).toEqual([
      ...['03', '04', '05', '13', '14', '15', '16', '17', '20', '27', '28', '38', '61', '62', '99'],
    ]);
    expect(unofficialCodes.filter(({ code }) => listed.includes(code))).toEqual([]);
  });

  it.each(unofficialCodes)(
    'have meaning, source and certainty for $code',
    ({ meaning, source, certainty }) => {
      expect(meaning).not.toBe('');
      expect(source).not.toBe('');
      expect(['several clients', 'one client']).toContain(certainty);
    },
  );

  it.each(unofficialCodes.filter(({ literal }) => literal !== null))(
    'have a reply that reads as $code',
    (seen) => {
      expect(parseReply(seen.literal ?? '')).toMatchObject({ kind: 'reply', code: seen.code });
    },
  );
});
