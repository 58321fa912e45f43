import {
  accountFields,
  accountLines,
  commonFields,
  dashboardLines,
  gatewayLines,
  type Line,
  processLines,
} from '../../src/log/lines.ts';

/** docs/logs.md: every log line and its fields, for people. */
export function renderLogsMarkdown(): string {
  return [
    '# Log lines',
    '',
    'The worker writes one JSON object a line to standard output; on a terminal, lines for people. The event is in',
    '`msg`. No line ever holds a number in full, a text or a password; recipients are masked (`+90*****67`), and',
    'errors are cleared of what they quote. `JETSMS_LOG_LEVEL` sets the least important level that is written: at `warn`',
    'and above the line per attempt is not. With `JETSMS_LOG_ACCEPTED=request` the accepted jobs of one request share a line.',
    '',
    'Levels: `debug` is for looking closely, `info` is news, `warn` wants a look some time, `error` wants one soon.',
    'A refusal by JetSMS is news: it is counted, kept as a dead letter, and no fault of the worker.',
    '',
    ...fieldTable('Every line has', commonFields),
    ...fieldTable('Every line about an account has also', accountFields),
    'Times that end in `Ms` are milliseconds.',
    '',
    '## Lines about an account',
    '',
    ...Object.entries(accountLines).flatMap(section),
    '## Lines about the process',
    '',
    ...Object.entries(processLines).flatMap(section),
    '## Lines of the gateway',
    '',
    ...Object.entries(gatewayLines).flatMap(section),
    '## Lines of the dashboard',
    '',
    ...Object.entries(dashboardLines).flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section([event, { levels, means, fields }]: readonly [string, Line]): readonly string[] {
  return [
    `### ${event}`,
    '',
    `${levels.map((level) => `\`${level}\``).join(', ')}. ${means}`,
    '',
    ...fieldTable(undefined, fields),
  ];
}

function fieldTable(title: string | undefined, fields: Line['fields']): readonly string[] {
  const rows = Object.entries(fields);
  if (rows.length === 0) return [];
  return [
    ...(title === undefined ? [] : [`${title}:`, '']),
    '| field | says | there when |',
    '|---|---|---|',
    ...rows.map(([name, { says, when = 'always' }]) => `| \`${name}\` | ${says} | ${when} |`),
    '',
  ];
}
