import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exportsOf } from '../../scripts/docs/api/declarations.ts';
import { allDeclared, entries, isInput, membersOf, undocumented } from '../../scripts/docs/api/entries.ts';
import { resolveEventsOptions } from '../../src/events/options.ts';
import { laneDefaults, lanes } from '../../src/message/lane.ts';
import { accountOf } from '../../src/producer/account-of.ts';
import { resolveOptions } from '../../src/producer/options.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const redis = 'redis://127.0.0.1:6379';

/** Options with a default of one value, and that value as the page says it. */
const toldDefaults = (name: string): readonly (readonly [option: string, told: string])[] => {
  const declared = allDeclared().find((one) => one.name === name);
  if (!declared) throw new Error(`nothing is called ${name}`);
  return membersOf(declared).flatMap((member): (readonly [string, string])[] =>
    member.doc?.default === undefined ? [] : [[member.name, member.doc.default]],
  );
};

describe('docs/api.md', () => {
  it('tells of everything that apps import: each export, field, parameter and default', () => {
    expect(undocumented()).toEqual([]);
  });

  it.each(entries.flatMap(({ file }) => exportsOf(file)))('has a place for $name', ({ name, kind }) => {
    const heading = kind === 'function' ? `### ${name}()` : `#### ${name}`;
    const isInstance =
      entries.some(({ instances }) => Object.hasOwn(instances, name)) || name === 'MessageCalls';
    if (!isInstance) expect(page).toContain(`\n${heading}\n`);
  });

  it('has the error and the example of every function', () => {
    const sections = page.split(/^### /m).filter((section) => section.includes('()\n'));
    const withoutExample = sections.filter((section) => !section.includes('```ts\n'));
    // What they do stands in the examples beside them.
    expect(withoutExample.map((section) => section.split('\n')[0])).toEqual([
      'events.ack()',
      'events.close()',
    ]);
  });

  it.each(lanes)('has the deadline of lane %s as the code has it', (lane) => {
    const minutes = laneDefaults[lane].deadlineMs / 60_000;
    expect(page).toContain(
      `| \`${lane}\` | ${minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`} |`,
    );
  });
});

describe('defaults on the page', () => {
  const said = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
  /** Words that stand for what no single value says. */
  const inWords = /^(one, |none|nobody|all|the )/;

  it.each([
    ['ProducerOptions', resolveOptions({ redis })],
    ['EventsOptions', { ...resolveEventsOptions({ redis, group: 'g' }), account: 'default' }],
    [
      'ProducerAccount',
      (() => {
        const { rules } = accountOf(undefined, resolveOptions({ redis }));
        const { contentTypes: mmsContentTypes, maxBytes: mmsMaxBytes, ...others } = rules;
        return { ...others, partsModel: 'list', mmsContentTypes, mmsMaxBytes };
      })(),
    ],
  ])('of %s are those of the code', (name, resolved) => {
    const values = new Map(Object.entries(resolved));
    const told = toldDefaults(name).filter(([, text]) => !inWords.test(text));
    expect(told.length).toBeGreaterThan(4);
    for (const [option, text] of told)
      expect(text.replace(/ \(.*\)$/, ''), option).toBe(said(values.get(option)));
  });

  it('is there for all that callers may leave out', () => {
    expect(allDeclared().filter(isInput).length).toBeGreaterThan(7);
  });
});
