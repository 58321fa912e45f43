import { type Group, oursAt, scaled } from '../bench.ts';
import { atLeast, inTurn, ratioFigure, spread, whole } from '../measure.ts';
import { drain } from './drain.ts';

export const parkGroup: Group = {
  name: 'park',
  counts:
    'Messages that wait when the worker starts, provider at 0 ms: how fast they are delivered, all as `park` (the default: ' +
    'marked before the request) and all as `resend`. The first fifth is not counted; the sends are not either.',
  async measure(bench) {
    const waiting = scaled(bench, 60_000, 4_000);
    const warmUp = Math.round(waiting / 5);
    const run = (whenUncertain: 'park' | 'resend') => async (round: number) => {
      const world = oursAt(bench, 0);
      const perSecond = await drain({ world, waiting, warmUp, counted: waiting - warmUp, whenUncertain });
      bench.progress(`round ${round + 1}, ${whenUncertain}: ${whole(perSecond)}/s`);
      return perSecond;
    };
    const { park, resend } = await inTurn(bench.rounds, { park: run('park'), resend: run('resend') });
    return [
      ratioFigure(park, resend, atLeast(0.95), {
        what: 'everything as `park` against `resend`: messages/s',
        to: '`resend`',
        behind: `park ${spread(park, whole)} messages/s, resend ${spread(resend, whole)} messages/s`,
      }),
    ];
  },
};
