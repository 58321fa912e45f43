import type { Lane } from '../../message/lane.ts';
import { withoutAsking } from '../../message/uncertain.ts';
import type { SendJob } from '../../queue/send-job.ts';

/** What becomes of a message whose request got no answer: the wish of the message, as far as the account can fulfil it. */
export type UncertainPolicy = (
  | { readonly asks: false }
  | {
      /** JetSMS is asked whether it has the message. */
      readonly asks: true;
      /** Before the first question, in milliseconds; the waits double from there. */
      readonly firstMs: number;
      /** How long it is asked about before `otherwise` applies, in milliseconds. */
      readonly forMs: number;
    }
) & {
  /** Where nothing is asked, or asking came to nothing. */
  readonly otherwise: 'park' | 'resend';
};

/** How a worker can ask about the messages of its account. */
export interface AskAbility {
  /** Jobs of more messages are not asked about; 0 where the account cannot be asked. */
  readonly mostMessages: number;
  readonly firstMs: number;
  readonly forMs: number;
  readonly forOtpMs: number;
}

/** JetSMS's operation for MMS carries no ids of ours. */
export function uncertainPolicy(
  job: Pick<SendJob, 'lane' | 'whenUncertain' | 'whenNotFound' | 'media' | 'to'>,
  ability: AskAbility,
): UncertainPolicy {
  const otherwise = withoutAsking(job);
  const canAsk = !job.media && job.to.length <= ability.mostMessages;
  if (job.whenUncertain !== 'ask' || !canAsk) return { asks: false, otherwise };
  return { asks: true, firstMs: ability.firstMs, forMs: forMsOf(job.lane, ability), otherwise };
}

const forMsOf = (lane: Lane, { forMs, forOtpMs }: AskAbility): number => (lane === 'otp' ? forOtpMs : forMs);
