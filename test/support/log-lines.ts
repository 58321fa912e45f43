import { expect } from 'vitest';
import {
  accountFields,
  accountLines,
  commonFields,
  dashboardLines,
  gatewayLines,
  type Line,
  processLines,
} from '../../src/log/lines.ts';
import { createLogger, type Logger } from '../../src/log/logger.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** A logger of every level, and the lines that it wrote. */
export interface RecordedLog {
  readonly log: Logger;
  readonly lines: readonly LogLine[];
  /** As they were written. */
  text(): string;
}

export function recordLog(): RecordedLog {
  const raw: string[] = [];
  const log = createLogger({
    level: 'trace',
    version: '1.2.3',
    pretty: false,
    destination: { write: (line) => void raw.push(line) },
  });
  return {
    log,
    get lines() {
      return raw.map((line) => JSON.parse(line) as LogLine);
    },
    text: () => raw.join(''),
  };
}

/** That a line has a documented event and level, every field that it must have, and none that is not documented. */
export function expectDocumented(line: LogLine): void {
  const event = String(line['msg']);
  const isOfAccount = event in accountLines;
  const kind: Line | undefined =
    accountLines[event] ?? processLines[event] ?? dashboardLines[event] ?? gatewayLines[event];
  if (kind === undefined) throw new Error(`${event} is not in src/log/lines.ts`);
  expect(kind.levels, event).toContain(line['level']);
  const fields = { ...commonFields, ...(isOfAccount ? accountFields : {}), ...kind.fields };
  const must = Object.keys(fields).filter((name) => fields[name]?.when === undefined);
  expect(Object.keys(line), event).toEqual(expect.arrayContaining(must));
  expect(Object.keys(fields), event).toEqual(expect.arrayContaining(Object.keys(line)));
}
