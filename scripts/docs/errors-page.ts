import { cliErrors, exitCodeOf } from '../../src/cli/errors.ts';
import { dashboardErrors } from '../../src/dashboard/errors.ts';
import type { ErrorRow } from '../../src/errors/coded-error.ts';
import { eventsErrors } from '../../src/events/errors.ts';
import { gatewayErrors } from '../../src/gateway/errors.ts';
import { apiKeyErrors } from '../../src/gateway/keys/errors.ts';
import { providerRequestErrors } from '../../src/jetsms/provider-request-reading.ts';
import { messageErrors } from '../../src/message/errors.ts';
import { operatorErrors } from '../../src/operator/operator-error.ts';
import { producerErrors } from '../../src/producer/errors.ts';
import { redisRefusals } from '../../src/queue/redis-refusals.ts';
import { settingsErrors } from '../../src/settings/errors.ts';
import { simulatorErrors } from '../../src/simulator/errors.ts';
import { fakeErrors } from '../../src/testing/errors.ts';

/** Errors that come from one place. */
export interface ErrorFamily {
  readonly title: string;
  /** The classes that carry its codes. */
  readonly classes: readonly string[];
  /** Where they come from, in sentences. */
  readonly origin: string;
  /** Whether they can end a command, and so have an exit code. */
  readonly endsCommands: boolean;
  /** The file of the table, from the root of the repository. */
  readonly source: string;
  readonly table: Readonly<Record<string, ErrorRow>>;
}

/** Every error with a code of ours. A test compares them with what the code throws. */
export const errorFamilies: readonly ErrorFamily[] = [
  {
    title: 'A message that cannot be sent',
    classes: ['MessageError'],
    origin:
      '`send()`, `sendMms()` and `sendMany()` of the producer, before anything is stored; `field` names the field. `sendMany()` reports what is wrong with a single recipient in `problems` and to `onProblem`, and `jetsms send` by its line: nobody else is stopped by it.',
    endsCommands: true,
    source: 'src/message/errors.ts',
    table: messageErrors,
  },
  {
    title: 'The producer',
    classes: ['ProducerError'],
    origin:
      '`createProducer()` and every function of a producer; `messageId` names the message, where there is one. `mayBeStored` is false where it is certain that nothing was stored; `reason` is one of the [refusals of Redis](#refusals-of-redis).',
    endsCommands: true,
    source: 'src/producer/errors.ts',
    table: producerErrors,
  },
  {
    title: 'Reading events',
    classes: ['EventsError'],
    origin:
      '`createEvents()` of `jetsms-delivery/events`, its iterator and its functions. Where Redis is away they wait.',
    endsCommands: false,
    source: 'src/events/errors.ts',
    table: eventsErrors,
  },
  {
    title: 'The command line',
    classes: ['CliError'],
    origin: 'The commands of `jetsms`; see [the command line](cli.md).',
    endsCommands: true,
    source: 'src/cli/errors.ts',
    table: cliErrors,
  },
  {
    title: 'Settings',
    classes: ['SettingsError'],
    origin:
      'Whatever reads settings: every command that needs them, at its start. Lists all problems at once, and repeats no value.',
    endsCommands: true,
    source: 'src/settings/errors.ts',
    table: settingsErrors,
  },
  {
    title: 'Dead letters and holds',
    classes: ['OperatorError'],
    origin:
      'The functions for operators of `jetsms-delivery/operator` (`openDeadLetters()`, `holdAccount()`, …), and the commands that use them.',
    endsCommands: true,
    source: 'src/operator/operator-error.ts',
    table: operatorErrors,
  },
  {
    title: 'The dashboard',
    classes: ['DashboardError'],
    origin: '`jetsms dashboard`, and `jetsms start` where the dashboard runs inside it, at the start.',
    endsCommands: true,
    source: 'src/dashboard/errors.ts',
    table: dashboardErrors,
  },
  {
    title: 'API keys',
    classes: ['ApiKeyError'],
    origin: '`jetsms keys`; see [API keys of the gateway](gateway-keys.md).',
    endsCommands: true,
    source: 'src/gateway/keys/errors.ts',
    table: apiKeyErrors,
  },
  {
    title: 'The gateway',
    classes: ['GatewayError'],
    origin:
      'the problems that `jetsms gateway` answers with, beside those of messages and of the producer; see [the gateway](gateway.md). `/problems/‹code›` of a gateway says the same in English or Turkish.',
    endsCommands: false,
    source: 'src/gateway/errors.ts',
    table: gatewayErrors,
  },
  {
    title: 'Speaking JetSMS',
    classes: ['ProviderRequestError'],
    origin:
      'The worker, when a job cannot be made into a request: a bug, since the producer and the worker check it before. The log has it as `unexpected.error`.',
    endsCommands: false,
    source: 'src/jetsms/provider-request-reading.ts',
    table: providerRequestErrors,
  },
  {
    title: 'The simulator',
    classes: ['SimulatorInputError', 'SimulatorWaitError', 'SimulatorNotListeningError'],
    origin: '`jetsms-delivery/simulator`, and its control endpoint; see [the simulator](simulator.md).',
    endsCommands: false,
    source: 'src/simulator/errors.ts',
    table: simulatorErrors,
  },
  {
    title: 'The fake producer',
    classes: ['FakeError'],
    origin:
      '`deliver()` of `jetsms-delivery/testing`, where a test asks for what cannot be; see [testing](testing.md). All else that it throws are the errors of the producer and of messages.',
    endsCommands: false,
    source: 'src/testing/errors.ts',
    table: fakeErrors,
  },
];

/** docs/errors.md: every error with a code, for people. */
export function renderErrorsMarkdown(): string {
  return [
    '<!-- Made by scripts/generate-docs.ts from the tables that each section names; do not edit. -->',
    '',
    '# Errors',
    '',
    'Every error of this package that has a `code`. Codes are stable: branch on them, not on the words. The message says',
    'what is wrong and what to do; it never holds a phone number, a text or a password. Words in braces stand for facts',
    'of the case: counts, positions, single characters.',
    '',
    'What JetSMS refuses is no error of this kind: it becomes a dead letter, and its code stands in [codes.md](codes.md).',
    '',
    'Where an error ends a command, the last column is its exit code ([what it means](cli.md#exit-codes)). Codes of the',
    'system, such as `EADDRINUSE`, are handed on as they are.',
    '',
    ...errorFamilies.flatMap(section),
    ...refusals(),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section({ title, classes, origin, endsCommands, source, table }: ErrorFamily): readonly string[] {
  const rows = Object.entries(table).map(([code, { meaning, whatToDo }]) => {
    const cells = [`\`${code}\``, cell(meaning), cell(whatToDo), ...(endsCommands ? [exitCodeOf(code)] : [])];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${title}`,
    '',
    `${classes.map((name) => `\`${name}\``).join(', ')}. From: ${origin}`,
    `Table: [${source}](../${source}).`,
    '',
    `| code | what it means | what to do |${endsCommands ? ' exit code |' : ''}`,
    `|---|---|---|${endsCommands ? '---|' : ''}`,
    ...rows,
    '',
  ];
}

/** What stands behind `REDIS_REFUSED`. */
function refusals(): readonly string[] {
  const rows = Object.entries(redisRefusals).map(
    ([reason, { meaning, whatToDo }]) => `| \`${reason}\` | ${cell(meaning)} | ${cell(whatToDo)} |`,
  );
  return [
    '## Refusals of Redis',
    '',
    'Why Redis says no, in its own word where it has one: the reasons of `REDIS_REFUSED`. Each means that what was asked',
    'for was not done.',
    'Table: [src/queue/redis-trouble.ts](../src/queue/redis-trouble.ts).',
    '',
    '| reason | what it means: Redis, or what listens there | what to do |',
    '|---|---|---|',
    ...rows,
    '',
  ];
}

/** A sentence that ends in a colon is followed by the details of the case. */
const cell = (text: string): string => text.replace(/:$/, '.').replaceAll('|', '\\|');
