import { type Group, scaled } from '../bench.ts';
import { atLeast, atMost, ratioFigure, spread, whole } from '../measure.ts';
import { absolutes, cpuWords, pick, roundsOf } from './callers.ts';

export const appsGroup: Group = {
  name: 'apps',
  counts:
    'Sixteen app processes, each with one caller that awaits every send; the rest as with 200 callers. Nothing can be ' +
    'gathered in such a process. CPU counts all sixteen.',
  async measure(bench) {
    const messages = scaled(bench, 1_500, 50);
    const rounds = await roundsOf(bench, 0, { apps: 16, callers: 1, messages });
    const { ours, plain } = rounds;
    const words = '16 app processes, each awaiting every send';
    return [
      ratioFigure(pick(ours, 'perSecond'), pick(plain, 'perSecond'), atLeast(1), {
        what: `${words}: messages/s`,
        to: 'plain',
        behind: absolutes(rounds, (each) => `${spread(pick(each, 'perSecond'), whole)} messages/s`),
      }),
      ratioFigure(pick(ours, 'cpu'), pick(plain, 'cpu'), atMost(1), {
        what: `${words}: CPU per message`,
        to: 'plain',
        behind: absolutes(rounds, cpuWords),
      }),
    ];
  },
};
