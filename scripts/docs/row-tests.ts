import { codeTable } from '../../src/codes/index.ts';
import { type RowCase, rowCases, type Way, ways } from '../../test/integration/every-row/cases.ts';

const wayNames: Readonly<Record<Way, string>> = { xml: 'XML', 'web-service': 'web service', mms: 'MMS' };

/** For each row of the code table the end-to-end tests that prove what is done about it. */
export function rowTests(): readonly string[] {
  return [
    '## Which test proves it',
    '',
    'Each row has an end-to-end test on every way on which it can occur, from `producer.send()` or `sendMms()` over',
    "Redis, a worker and the simulator to the row's end:",
    '[every-row.test.ts](../test/integration/every-row/every-row.test.ts), which names its tests as this table does.',
    '`*`: the simulator answers so by its own rules; elsewhere it is told to.',
    '',
    `| row | ${ways.map((way) => wayNames[way]).join(' | ')} |`,
    `|---|${ways.map(() => '---').join('|')}|`,
    ...codeTable.map(({ id }) => `| [${id}](#${id}) | ${ways.map((way) => cell(id, way)).join(' | ')} |`),
  ];
}

function cell(id: string, way: Way): string {
  const found = rowCases.find((one) => one.row.id === id && one.way === way);
  return found ? endInWords(found) : 'cannot occur';
}

const endInWords = ({ end, byItself }: RowCase): string => `${end}${byItself ? ' \\*' : ''}`;
