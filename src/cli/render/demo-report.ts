import { maskNumber } from '../../message/number.ts';
import { meaningOfDeath } from '../../queue/dead-letter-meaning.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DemoReport } from '../demo/report.ts';
import { layOutColumns } from './columns.ts';
import { renderOutcomes, renderSendSummary } from './send-summary.ts';

const redisNames: Readonly<Record<DemoReport['redisKind'], string>> = {
  given: 'the one that REDIS_URL names; the demo uses keys of its own and removes them',
  local: 'a private redis-server, gone when the demo ends',
  embedded: 'one written in JavaScript, inside this process: slow, for a look only',
};

/** What is about to be seen. */
export function renderDemoOpening(
  redisKind: DemoReport['redisKind'],
  simulatorUrl: string,
): readonly string[] {
  return [
    'This is a demo. A simulator plays JetSMS: nothing here reaches a phone, and nothing costs money.',
    `  Redis:     ${redisNames[redisKind]}`,
    `  simulator: ${simulatorUrl}, with some faults and too little credit on purpose`,
    '  messages:  examples/recipients.csv, invented numbers and names',
    '',
  ];
}

/** What became of the messages, for people. */
export function renderDemoReport(report: DemoReport, width: number): readonly string[] {
  const { enqueued, outcomes, deadLetters } = report;
  const summary = { ...enqueued, dryRun: false };
  const letters = deadLetters.map(({ message, end }) => [
    maskNumber(message.to),
    end.reason,
    end.code ?? '-',
    meaningOfDeath(end),
  ]);
  return [
    '',
    ...renderSendSummary(summary, width),
    '',
    ...renderOutcomes(outcomes, width),
    '',
    ...(letters.length === 0 ? [] : renderDeadLetters(letters, width)),
    ...renderReconciliation(report),
  ];
}

function renderDeadLetters(letters: readonly (readonly string[])[], width: number): readonly string[] {
  return [
    'Dead letters: given up for a reason, kept until somebody replays or discards them.',
    ...layOutColumns([['TO', 'REASON', 'CODE', 'MEANING'], ...letters], width),
    '',
  ];
}

function renderReconciliation({ reconciliation, enqueued, durationMs }: DemoReport): readonly string[] {
  const { accepted, dead, deadButArrived, open, lost, duplicates, contradictions } = reconciliation;
  const sums = `${enqueued.enqueued} enqueued = ${accepted} accepted + ${dead} dead letters`;
  const seconds = `${(durationMs / 1_000).toFixed(1)} s`;
  if (reconciliation.isAccountedFor) {
    return [
      `Every message is accounted for, in the queue and at the simulator: ${sums}; none lost, none twice. (${seconds})`,
      ...(deadButArrived > 0
        ? [
            `${deadButArrived} of the uncertain did arrive: that is why none is sent again without being asked to.`,
          ]
        : []),
    ];
  }
  if (lost + duplicates + contradictions === 0) {
    return [`Stopped after ${seconds}: ${sums}, ${open} still under way.`];
  }
  return [
    `NOT every message is accounted for (${seconds}): ${sums}, ${open} still under way, ${lost} lost, ${duplicates} twice, ${contradictions} contradictory.`,
  ];
}

/** Where to look next, by what the command line is called here; with the settings of a stage that stays up, also how to look into it. */
export function renderNextSteps(stage: Settings | undefined, command: string): readonly string[] {
  const docs = [
    '',
    'Where to look next:',
    '  docs/architecture.md   the way of a message, and the words',
    `  docs/codes.md          every reply code, and what is done about it (also: ${command} codes)`,
    `  docs/cli.md            sending your own: ${command} send --help`,
  ];
  if (stage === undefined) return docs;
  return [
    ...docs,
    '',
    'The demo stays up for a look around, until Ctrl-C. In another terminal:',
    `  export JETSMS_REDIS_URL='${stage.redisUrl}' JETSMS_PREFIX='${stage.prefix}' JETSMS_TITLE=DEMO`,
    `  ${command} dead list`,
    `  ${command} send --to '0532 000 00 01' --text 'Merhaba' --wait`,
  ];
}

/** What became of the messages, for scripts. */
export function demoReportToJson(report: DemoReport): Readonly<Record<string, unknown>> {
  const { redisKind, enqueued, outcomes, reconciliation, simulator, durationMs } = report;
  const { isAccountedFor, ...counts } = reconciliation;
  const dead = outcomes.filter(({ end }) => end === 'dead');
  return {
    redis: redisKind,
    lines: enqueued.lines,
    enqueued: enqueued.enqueued,
    repeated: enqueued.repeated,
    refused: enqueued.refused,
    ...counts,
    deadByReason: sumBy(dead, ({ reason }) => reason),
    deadByCode: sumBy(dead, ({ code }) => code),
    simulator: { requests: simulator.requests, accepted: simulator.acceptedMessages },
    accountedFor: isAccountedFor,
    seconds: Math.round(durationMs / 100) / 10,
  };
}

type OutcomeRow = DemoReport['outcomes'][number];

function sumBy(
  rows: readonly OutcomeRow[],
  keyOf: (row: OutcomeRow) => string | null,
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = keyOf(row) ?? 'none';
    sums.set(key, (sums.get(key) ?? 0) + row.count);
  }
  return Object.fromEntries(sums);
}
