import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createProducer, type Producer, type ProducerOptions } from 'jetsms-producer';

/** What a service asks for: `@Inject(PRODUCER) producer: Producer`. */
export const PRODUCER = Symbol('jetsms producer');

/** One producer for the whole app, closed when the app ends. */
@Module({})
export class JetsmsModule implements OnApplicationShutdown {
  readonly #producer: Producer;

  constructor(@Inject(PRODUCER) producer: Producer) {
    this.#producer = producer;
  }

  static forRoot(options: ProducerOptions): DynamicModule {
    const producer = { provide: PRODUCER, useFactory: () => createProducer(options) };
    return { module: JetsmsModule, global: true, providers: [producer], exports: [PRODUCER] };
  }

  /** After the last request: what was sent is stored first, or has failed. */
  async onApplicationShutdown(): Promise<void> {
    await this.#producer.close();
  }
}
