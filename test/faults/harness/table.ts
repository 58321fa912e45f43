import type { Result } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** All runs of one scenario together. */
interface Row {
  readonly scenario: Scenario;
  readonly runs: readonly Result[];
}

type Column = readonly [head: string, cell: (row: Row) => string];

const sum = (
  { runs }: Row,
  field:
    | 'messages'
    | 'faults'
    | 'lost'
    | 'duplicates'
    | 'resent'
    | 'seconds'
    | 'uncertain'
    | 'lateReplies'
    | 'forbiddenDuplicates',
): string => runs.reduce((total, run) => total + run[field], 0).toLocaleString('en');

const columns: readonly Column[] = [
  ['scenario', ({ scenario }) => scenario.title],
  ['runs', ({ runs }) => String(runs.length)],
  ['messages', (row) => sum(row, 'messages')],
  ['faults injected', (row) => sum(row, 'faults')],
  ['lost', (row) => sum(row, 'lost')],
  ['second texts, `park`', (row) => sum(row, 'forbiddenDuplicates')],
  ['second texts, `resend`', (row) => sum(row, 'duplicates')],
  ['resends counted', (row) => sum(row, 'resent')],
  ['dead letters `uncertain`', (row) => sum(row, 'uncertain')],
  ['late replies that settled', (row) => sum(row, 'lateReplies')],
  [
    'broken invariants',
    ({ runs }) => String(runs.reduce((total, { violations }) => total + violations.length, 0)),
  ],
  ['seconds', (row) => sum(row, 'seconds')],
];

/** The table of a run of the suite, in Markdown: a row for each scenario that ran. */
export function renderTable(scenarios: readonly Scenario[], results: readonly Result[]): string {
  const rows = scenarios
    .map(
      (scenario): Row => ({ scenario, runs: results.filter((result) => result.scenario === scenario.name) }),
    )
    .filter(({ runs }) => runs.length > 0);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([head]) => head)),
    line(columns.map(([head]) => (head === 'scenario' ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n');
}

const begin = '<!-- The suite writes what stands from here … -->';
const end = '<!-- … to here. -->';

/** Puts the report of a long run between the marks of docs/reliability.md. */
export function withReport(page: string, report: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/reliability.md has lost the marks around its table');
  return `${page.slice(0, from + begin.length)}\n\n${report}\n\n${page.slice(to)}`;
}
