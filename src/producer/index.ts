export { isMessageError, MessageError } from '../message/errors.ts';
export type { Lane, WhenUncertain } from '../message/lane.ts';
export type { NewMessage } from '../message/message.ts';
export type { CampaignProgress, CampaignState } from '../queue/campaign.ts';
export { ProducerError, type ProducerErrorCode } from './errors.ts';
export type { ManyOptions, ManyProblem, ManyProgress, ManyReceipt, Recipient, Recipients } from './many.ts';
export type { ProducerAccount, ProducerOptions } from './options.ts';
export { createProducer, type Producer, type SendReceipt } from './producer.ts';
