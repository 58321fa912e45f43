import type { Finding } from '../doctor/finding.ts';
import { layOutColumns } from './columns.ts';

/** The doctor's findings as lines for people: what is ok, and for the rest what to do. */
export function renderFindings(findings: readonly Finding[], width: number): readonly string[] {
  return layOutColumns(
    findings.map(({ level, check, account, says, whatToDo }) => [
      level,
      account === undefined ? check : `${check} ${account}`,
      whatToDo === undefined ? says : `${says}. ${whatToDo}`,
    ]),
    width,
  );
}
