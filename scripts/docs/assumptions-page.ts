import { type Assumption, type AssumptionGroup, assumptionGroups } from '../../src/jetsms/assumptions.ts';
import { surfaceFacts } from '../../src/message/surface.ts';

/** docs/assumptions.md: what is taken for true of JetSMS's wire without being known. */
export function renderAssumptionsMarkdown(): string {
  return [
    '<!-- Made by scripts/generate-docs.ts from src/jetsms/assumptions.ts; do not edit. -->',
    '',
    '# Assumptions about JetSMS',
    '',
    "JetSMS's interfaces are documented only in part where everybody can read it: a list of codes, pages of old manuals, the",
    'WSDL of its web service, and clients that others have published. Here stands everything that this product takes for',
    'true without knowing it: what relies on it, and what would settle it.',
    '',
    'Whoever has an account can settle much of it with one SMS:',
    '',
    "    jetsms probe --to '0532 123 45 67'",
    '',
    'sends one message to a number of your own, asks JetSMS about it in every way there is, and prints what JetSMS really',
    'does, masked, to be pasted into an issue ([cli.md](cli.md#jetsms-probe)). The names of its steps stand below.',
    '',
    'How certain: *documented elsewhere* is the word of JetSMS about something close by; *several clients* and *one client*',
    'are public programs that work with JetSMS or say so; *inferred* follows from what is known; *nothing public* is our',
    'choice alone. What the simulator does where nothing is known is [its own list](simulator-choices.md).',
    '',
    ...assumptionGroups.flatMap(renderGroup),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function renderGroup({ title, rows }: AssumptionGroup): readonly string[] {
  return [`## ${title}`, '', ...rows.flatMap(renderAssumption)];
}

function renderAssumption({
  id,
  surface,
  assumed,
  certainty,
  why,
  dependsOn,
  where,
  ...row
}: Assumption): readonly string[] {
  return [
    `### ${id}`,
    '',
    assumed,
    '',
    ...(surface === undefined ? [] : [`- Surface: ${surfaceFacts[surface].title}`]),
    `- How certain: ${certainty}. ${why}`,
    `- What relies on it: ${dependsOn}`,
    `- What settles it: ${settlement(row)}`,
    `- In code: ${where.map((path) => `[${path}](../${path})`).join(', ')}`,
    '',
  ];
}

function settlement({ steps, otherwise }: Pick<Assumption, 'steps' | 'otherwise'>): string {
  const names = steps.map((step) => `\`${step}\``).join(', ');
  const byProbe =
    steps.length === 0 ? [] : [`\`jetsms probe\`, ${steps.length === 1 ? 'step' : 'steps'} ${names}.`];
  return [...byProbe, ...(otherwise === undefined ? [] : [otherwise])].join(' ');
}
