import type { Case, DeadLetterSeen } from './evidence.ts';

/** The whole history of one message, for a person. */
export function storyOf({ message, jobs, deadLetters, accepted, lines }: Case): string {
  const show = (value: unknown): string => `  ${JSON.stringify(value)}`;
  return [
    `a message (${message.lane}, ${message.whenUncertain}${message.campaign ? ', of a campaign' : ''})`,
    ' send jobs:',
    ...jobs.map(({ data: { origin, to }, ...job }) => show({ ...job, messages: to.length, origin })),
    ' dead letters:',
    ...deadLetters.map(({ id, letter: { job: _job, ...letter } }: DeadLetterSeen) => show({ id, ...letter })),
    ' the provider accepted:',
    ...accepted.map(({ groupId, at }) => show({ groupId, at: new Date(at).toISOString() })),
    ' the workers said:',
    ...lines.map(show),
  ].join('\n');
}
