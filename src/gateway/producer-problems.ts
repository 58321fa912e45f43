import type { ErrorRow } from '../errors/coded-error.ts';
import { messageErrors } from '../message/errors.ts';
import type { ProducerErrorCode } from '../producer/errors.ts';
import { messageErrorsInTurkish } from './turkish.ts';

/** An error of the producer as a client of the gateway is told of it. */
interface ProducerProblem {
  readonly status: number;
  /** When trying again may help, in seconds. */
  readonly retryAfterS?: number;
  readonly en: ErrorRow;
  readonly tr: ErrorRow;
}

/** The producer's own words speak to somebody who writes TypeScript. */
export const producerProblems: Readonly<Record<ProducerErrorCode, ProducerProblem>> = {
  // The same word as of a message that names such an account.
  ACCOUNT_UNKNOWN: {
    status: 422,
    en: messageErrors.ACCOUNT_UNKNOWN,
    tr: messageErrorsInTurkish.ACCOUNT_UNKNOWN,
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    en: {
      meaning: 'The idempotency key was used before for something else.',
      whatToDo: 'Use one key for one message. Nothing was stored; the first message is not changed.',
    },
    tr: {
      meaning: 'Bu idempotency anahtarı daha önce başka bir şey için kullanıldı.',
      whatToDo: 'Her mesaj için ayrı anahtar kullanın. Hiçbir şey kaydedilmedi; ilk mesaj değişmedi.',
    },
  },
  CAMPAIGN_CONFLICT: {
    status: 422,
    en: {
      meaning: 'The campaign was enqueued before with other recipients, another order, text, time or lane.',
      whatToDo:
        'Send the same list with the same parameters to complete it, or use another name. What is stored already stays.',
    },
    tr: {
      meaning: 'Bu kampanya daha önce başka alıcılar, sıra, metin, zaman ya da şeritle kuyruğa alındı.',
      whatToDo:
        'Tamamlamak için aynı listeyi aynı parametrelerle gönderin ya da başka bir ad kullanın. Kaydedilmiş olanlar kalır.',
    },
  },
  REDIS_UNAVAILABLE: {
    status: 503,
    retryAfterS: 1,
    en: {
      meaning: 'Redis did not confirm it in time.',
      whatToDo:
        'Try again after Retry-After, under the same idempotency key. `mayBeStored` says whether it may be stored; where it is false, nothing was stored.',
    },
    tr: {
      meaning: 'Redis zamanında onaylamadı.',
      whatToDo:
        'Retry-After süresinden sonra aynı idempotency anahtarıyla yeniden deneyin. Kaydedilmiş olabileceğini `mayBeStored` söyler; değeri false ise hiçbir şey kaydedilmedi.',
    },
  },
  REDIS_UNCONFIRMED: {
    status: 503,
    retryAfterS: 1,
    en: {
      meaning:
        'It is stored, but too few replicas of Redis have confirmed it in time: a failover may lose it.',
      whatToDo:
        'Try again after Retry-After, under the same idempotency key: nothing is stored twice. Without a key a second try can text twice.',
    },
    tr: {
      meaning:
        'Kaydedildi, ancak Redis kopyalarının yeterli sayıda olanı zamanında onaylamadı: bir yük devri kaydı kaybettirebilir.',
      whatToDo:
        'Retry-After süresinden sonra aynı idempotency anahtarıyla yeniden deneyin: hiçbir şey iki kez kaydedilmez. Anahtarsız ikinci deneme iki kez mesaj gönderebilir.',
    },
  },
  REDIS_REFUSED: {
    status: 503,
    retryAfterS: 5,
    en: {
      meaning: 'Redis has refused it; `mayBeStored` says whether something may be stored.',
      whatToDo: 'Try again after Retry-After; whoever runs the gateway must mend what `reason` says.',
    },
    tr: {
      meaning: 'Redis reddetti; bir şeyin kaydedilmiş olup olamayacağını `mayBeStored` söyler.',
      whatToDo:
        'Retry-After süresinden sonra yeniden deneyin; ağ geçidini işletenler `reason` alanındaki nedeni gidermelidir.',
    },
  },
  SECRET_INVALID: {
    status: 503,
    retryAfterS: 30,
    en: {
      meaning: "The installation's secret in Redis cannot be read, and nothing was stored.",
      whatToDo: 'Whoever runs the gateway must restore it from a backup.',
    },
    tr: {
      meaning: 'Kurulumun Redis içindeki gizli anahtarı okunamıyor; hiçbir şey kaydedilmedi.',
      whatToDo: 'Ağ geçidini işletenler onu yedekten geri yüklemelidir.',
    },
  },
  SCHEDULE_SHARED: {
    status: 409,
    en: {
      meaning: 'The message is one of a campaign and cannot be moved to another time alone.',
      whatToDo: 'Cancel it and send it anew. Nothing was changed.',
    },
    tr: {
      meaning: 'Mesaj bir kampanyanın parçasıdır; tek başına başka bir zamana taşınamaz.',
      whatToDo: 'İptal edip yeniden gönderin. Hiçbir şey değişmedi.',
    },
  },
  PRODUCER_CLOSED: {
    status: 503,
    retryAfterS: 1,
    en: {
      meaning: 'This gateway is being stopped, and nothing was stored.',
      whatToDo: 'Try again after Retry-After.',
    },
    tr: {
      meaning: 'Bu ağ geçidi kapatılıyor; hiçbir şey kaydedilmedi.',
      whatToDo: 'Retry-After süresinden sonra yeniden deneyin.',
    },
  },
  PRODUCER_OPTIONS_INVALID: {
    status: 500,
    en: { meaning: 'The gateway is set up wrongly.', whatToDo: 'Report it to whoever runs it.' },
    tr: { meaning: 'Ağ geçidi yanlış yapılandırılmış.', whatToDo: 'İşletenlere bildirin.' },
  },
};
