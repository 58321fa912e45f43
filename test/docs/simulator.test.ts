import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { controlRoutes } from '../../src/simulator/control.ts';
import { faultKinds, simulatorChoices } from '../../src/simulator/index.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/simulator.md', root), 'utf8');

function firstCells(prefix: string): readonly string[] {
  return [...page.matchAll(/^\| `([^`]+)`/gm)]
    .map(([, cell = '']) => cell)
    .filter((cell) => cell.startsWith(prefix));
}

describe('docs/simulator.md', () => {
  it('lists every kind of fault, and no other', () => {
    const section = page.slice(page.indexOf('## Faults'), page.indexOf('## Control endpoint'));
    const kinds = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, kind]) => kind);
    expect(kinds.toSorted()).toEqual(faultKinds.toSorted());
  });

  it('lists every route of the control endpoint, and no other', () => {
    const listed = ['GET', 'POST', 'PUT', 'DELETE'].flatMap(firstCells);
    const routes = listed.map((route) => route.replace('/control', '').replace(/<.*>/, '*'));
    expect(routes.toSorted()).toEqual(controlRoutes.toSorted());
  });
});

describe("the simulator's choices", () => {
  const folder = new URL('src/simulator/', root);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'choices.ts')
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');

  it('are each named where they are made, and all listed', () => {
    const made = [...sources.matchAll(/Our choice: ([\w-]+)\./g)].map(([, id]) => id);
    expect([...new Set(made)].toSorted()).toEqual(simulatorChoices.map(({ id }) => id).toSorted());
  });
});
