import { simulatorChoices } from '../../src/simulator/choices.ts';

/** `docs/simulator-choices.md`: what the simulator does without knowing that JetSMS does it. */
export function renderSimulatorChoicesMarkdown(): string {
  const rows = simulatorChoices.map(
    ({ id, what, choice, why }) => `| \`${id}\` | ${what} | ${choice} | ${why} |`,
  );
  return [
    '<!-- Made by scripts/generate-docs.ts from src/simulator/choices.ts; do not edit. -->',
    '',
    "# The simulator's choices",
    '',
    'Public sources leave parts of JetSMS open. Here is what [the simulator](simulator.md) does there, and why. A test',
    'that passes against a choice proves nothing about JetSMS; the product may not depend on one.',
    '',
    '| choice | what is unknown | what the simulator does | why |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
