import type { Explanation } from '../../codes/index.ts';
import { layOutColumns } from './columns.ts';

/** One explained reply for people: a headline, then what it means and what follows from it. */
export function renderExplanation(explanation: Explanation, width: number): readonly string[] {
  const { code, text, meaning, description, scope, action, hint, groupId, official, source } = explanation;
  const className = explanation.class + (scope === null ? '' : ` (scope ${scope})`);
  const facts: readonly (readonly [string, string | null])[] = [
    ['meaning', meaning],
    ['description', description],
    ['class', className],
    ['group id', groupId],
    ['action', action],
    ['hint', hint],
    ['source', official ? null : source],
  ];
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  return [
    code === null ? 'not a JetSMS reply' : `${code} ${text}`.trimEnd(),
    ...layOutColumns(known, width - 2).map((line) => `  ${line}`),
  ];
}
