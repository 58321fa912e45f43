import {
  codeTable,
  type OfficialRow,
  type UnofficialCode,
  unknownCode,
  unofficialCodes,
  unofficialRows,
} from '../../src/codes/index.ts';
import { rowTests } from './row-tests.ts';

/** docs/codes.md: the whole table, for people. */
export function renderCodesMarkdown(): string {
  return [
    '# JetSMS reply codes',
    '',
    'Every code that JetSMS lists, what it means, and what jetsms-delivery does about it.',
    'On the command line: `jetsms codes` prints this table, `jetsms classify "10 wrong user"` explains a reply.',
    '',
    ...overview(),
    '',
    ...words(),
    '',
    ...unofficial(),
    '',
    '## Codes that nobody knows',
    '',
    `Class \`${unknownCode.class}\`, reason \`${unknownCode.reason}\`: ${unknownCode.meaning}.`,
    unknownCode.action,
    unknownCode.hint,
    '',
    '## Answers that are not replies',
    '',
    'An empty body, a page of markup, and text without a leading code of two or three digits are no JetSMS replies. The',
    'outcome is `uncertain`: JetSMS may have taken the request, so it is never resent blindly.',
    '',
    '`00` is an acceptance whatever follows it, and also where the reply was cut behind it. The group id is the next word,',
    'if it has 9 to 25 digits and is certainly whole; else the acceptance has none, which is counted',
    '(`jetsms_accepted_without_id_total`) and logged. Another code of a cut reply counts only where nothing that is missing',
    'could change what it means.',
    '',
    ...rowTests(),
    '',
    '## Code by code',
    '',
    ...codeTable.flatMap(section),
    `Source of every row: ${codeTable[0]?.source.replace(/, row 1$/, '') ?? ''}.`,
    'Class and scope are decisions of this product.',
    '',
  ].join('\n');
}

function overview(): readonly string[] {
  return [
    '| code | meaning | class | scope | surface | what happens |',
    '|---|---|---|---|---|---|',
    ...codeTable.map(
      (row) =>
        `| [${row.id}](#${row.id}) | ${cell(row.meaning)} | ${row.class} | ${row.scope ?? '–'} | ` +
        `${row.surface} | ${cell(row.action)} |`,
    ),
  ];
}

function unofficial(): readonly string[] {
  const row = (seen: UnofficialCode): string => {
    const isTreated = unofficialRows.some(({ code }) => code === seen.code);
    const treated = isTreated ? 'as the account’s fault, like 10' : 'as a code that nobody knows';
    return `| ${seen.code} | ${cell(seen.meaning)} | ${treated} | ${seen.certainty}: ${cell(seen.source)} |`;
  };
  return [
    '## Codes outside the list',
    '',
    'JetSMS does not list these codes. Public clients have seen them, and this is what they take them for; it is not the',
    "provider's word. `jetsms codes`, `jetsms classify` and the logs mark them.",
    '',
    '| code | meaning | treated | known from |',
    '|---|---|---|---|',
    ...unofficialCodes.map(row),
    '',
    ...unofficialRows.flatMap(({ code, action, hint }) => [`**${code}**: ${action} ${hint}`, '']),
  ].slice(0, -1);
}

function words(): readonly string[] {
  return [
    '- **class**: `accepted`; `retryable` (tried again by itself); `deferred` (tried again when a window opens, uses',
    '  no attempt); `terminal` (dead letter).',
    "- **scope**: whose fault it is: the `account`'s, the `title`'s, this `message`'s, the account's credit (`quota`),",
    '  the hour of the day (`window`), or the `request` that this product built.',
    '- **surface**: where the code can occur: `any`, `web-service`, or `mms`.',
    '- Delays of a schedule are spread by jitter.',
  ];
}

function section(row: OfficialRow): readonly string[] {
  return [
    `### ${row.id}`,
    '',
    `${row.description}`,
    '',
    `- Meaning: ${row.meaning}`,
    `- Reply: ${row.literal === null ? 'the list prints none' : `\`${row.literal}\``}`,
    `- Class \`${row.class}\`, scope ${row.scope === null ? 'none' : `\`${row.scope}\``}, surface \`${row.surface}\``,
    `- What happens: ${row.action}`,
    ...(row.retryDelaysMs.length > 0 ? [`- Schedule: ${row.retryDelaysMs.map(duration).join(', ')}`] : []),
    `- What to do: ${row.hint}`,
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function duration(delayMs: number): string {
  return delayMs < 60_000 ? `${delayMs / 1000} s` : `${delayMs / 60_000} min`;
}
