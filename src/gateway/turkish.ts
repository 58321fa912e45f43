import type { ErrorRow } from '../errors/coded-error.ts';
import type { MessageErrorCode } from '../message/errors.ts';
import type { GatewayErrorCode } from './errors.ts';

/** The sentences of `gatewayErrors` in Turkish. */
export const gatewayErrorsInTurkish: Readonly<Record<GatewayErrorCode, ErrorRow>> = {
  KEY_MISSING: {
    meaning: 'İstekte API anahtarı yok.',
    whatToDo: '`Authorization: Bearer <anahtar>` başlığını gönderin. Anahtarı `jetsms keys create` üretir.',
  },
  KEY_INVALID: {
    meaning: 'API anahtarı bilinmiyor, iptal edilmiş ya da süresi dolmuş.',
    whatToDo: 'Eksiksiz kopyalandığını denetleyin; hangileri olduğunu `jetsms keys list` gösterir.',
  },
  KEY_TRIES_EXCEEDED: {
    meaning: 'Bu ağdan çok fazla yanlış API anahtarı geldi.',
    whatToDo: 'Retry-After süresi kadar bekleyin, sonra doğru anahtarla gelin.',
  },
  RIGHT_MISSING: {
    meaning: 'API anahtarının bunu yapma yetkisi yok; `{right}` yetkisi gerekir.',
    whatToDo: 'Bu yetkisi olan bir anahtar kullanın ya da üretin (`jetsms keys create`).',
  },
  ACCOUNT_NOT_ALLOWED: {
    meaning: 'API anahtarı bu hesap için değil.',
    whatToDo: 'Anahtarın geçerli olduğu bir hesabı yazın ya da başka bir anahtar kullanın.',
  },
  LANE_NOT_ALLOWED: {
    meaning: 'API anahtarı bu şerit (lane) için değil.',
    whatToDo: 'Anahtarın geçerli olduğu bir şerit yazın ya da başka bir anahtar kullanın.',
  },
  RATE_EXCEEDED: {
    meaning: 'API anahtarı bu saniyede izin verilenden çok istek yaptı.',
    whatToDo: 'Retry-After süresi kadar bekleyin. Toplu istek ya da kampanya, tek istekte çok mesaj taşır.',
  },
  BODY_UNREADABLE: {
    meaning: 'İsteğin gövdesi JSON değil.',
    whatToDo: 'UTF-8 ile tek bir JSON belgesi ve uzunluğunu gönderin.',
  },
  BODY_CUT: {
    meaning: 'İsteğin gövdesi yarıda kesildi.',
    whatToDo: 'Yeniden gönderin. Kampanya aynı adla sürer: kaydedilmiş olanlar ikinci kez kaydedilmez.',
  },
  BODY_INVALID: {
    meaning: 'İsteğin gövdesi burada beklenen biçimde değil.',
    whatToDo: '/openapi.json ile karşılaştırın.',
  },
  BODY_TOO_LARGE: {
    meaning: 'İsteğin gövdesi gatewayMaxBodyBytes sınırından büyük.',
    whatToDo: 'Bir kerede daha az mesaj gönderin ya da uzunluğu sınırsız olan kampanyayı kullanın.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    meaning: 'Gövdenin içerik türü burada kabul edilmiyor.',
    whatToDo: 'application/json gönderin; kampanya için application/x-ndjson ya da text/csv.',
  },
  ENCODING_UNSUPPORTED: {
    meaning: 'Gövde sıkıştırılmış.',
    whatToDo: 'Content-Encoding kullanmadan, olduğu gibi gönderin.',
  },
  PARAMETER_UNKNOWN: {
    meaning: 'Adreste burada bilinmeyen bir parametre var.',
    whatToDo: 'Yazımını denetleyin ya da parametreyi çıkarın.',
  },
  PARAMETER_INVALID: {
    meaning: 'Adresin bir parametresi eksik ya da kullanılamıyor.',
    whatToDo: '/openapi.json ile karşılaştırın.',
  },
  HEADER_INVALID: {
    meaning: 'İsteğin bir başlığı kullanılamıyor.',
    whatToDo: '/openapi.json ile karşılaştırın.',
  },
  IDEMPOTENCY_KEYS_DIFFER: {
    meaning: 'Idempotency-Key başlığı ile idempotencyKey alanı farklı anahtarlar veriyor.',
    whatToDo: 'Yalnızca birini gönderin.',
  },
  BATCH_EMPTY: { meaning: 'Toplu istekte mesaj yok.', whatToDo: 'En az bir mesaj gönderin.' },
  BATCH_CONFLICT: {
    meaning:
      'Bu idempotency anahtarı daha önce başka mesajlardan oluşan ya da sırası farklı bir toplu istek için kullanıldı.',
    whatToDo:
      'Tamamlamak için aynı listeyi yineleyin; düzelttiklerinizi ya da eklediklerinizi başka bir anahtarla gönderin. Hiçbir şey kaydedilmedi.',
  },
  BATCH_TOO_LARGE: {
    meaning: 'Toplu istekte {count} mesaj var; en çok {maximum} olabilir.',
    whatToDo: 'Birkaç toplu istek ya da uzunluğu sınırsız olan kampanyayı gönderin.',
  },
  LINE_UNREADABLE: {
    meaning:
      'Satır bir alıcı değil: JSON değil, ilk satırdan farklı sütunları var ya da UTF-8 olmayan karakterler içeriyor.',
    whatToDo: 'Satırı düzeltin; öteki satırların hepsi işlendi.',
  },
  LINE_FIELD_UNKNOWN: {
    meaning: 'Alıcının bilinmeyen bir alanı var.',
    whatToDo: 'Alıcıda yalnızca `to`, `text` ve `meta` bulunur.',
  },
  LINES_UNREADABLE: {
    meaning: 'Alıcı listesi buradan sonra okunamıyor: bir satır çok uzun ya da bir tırnak hiç kapanmıyor.',
    whatToDo: 'Düzeltip aynı adla yeniden gönderin: kaydedilmiş olanlar ikinci kez kaydedilmez.',
  },
  CSV_HEADER_INVALID: {
    meaning: 'CSV ilk satırında sütun adları yok.',
    whatToDo:
      'Bir sütunun adı `to` olsun; yanında yalnızca `text` ve `meta.orderId` gibi sütunlar bulunabilir.',
  },
  MESSAGE_UNKNOWN: {
    meaning: 'Böyle bir mesaj bilinmiyor.',
    whatToDo: 'Kimliği denetleyin; keepStatusMs süresinden önce sonuçlananlar unutulur.',
  },
  MESSAGE_TOO_LATE: {
    meaning: 'Bunun için artık geç: mesaj sonuçlandı ya da onun için bir istek yapıldı.',
    whatToDo: 'Durumunu sorun. Zamanlanmamış bir mesaj taşınamaz.',
  },
  CAMPAIGN_UNKNOWN: {
    meaning: 'Bu adda bir kampanya bilinmiyor.',
    whatToDo: 'Adı ve hesabı denetleyin; kampanyalar son tarihlerinden sonra 30 gün hatırlanır.',
  },
  CAMPAIGN_CANCELLED: {
    meaning: 'Kampanya iptal edildi ve öyle kalır.',
    whatToDo: 'Başka bir adla kuyruğa alın.',
  },
  ROUTE_UNKNOWN: {
    meaning: 'Bu adreste ya da bu yöntemle bir şey yok.',
    whatToDo: '/docs sayfasına bakın.',
  },
  GATEWAY_STOPPING: {
    meaning: 'Bu ağ geçidi kapatılıyor. Hiçbir şey kaydedilmedi, değişmedi.',
    whatToDo: 'Retry-After süresinden sonra yeniden deneyin.',
  },
  UNEXPECTED: {
    meaning: 'Öngörülmeyen bir şey oldu; mesaj kaydedilmiş de olabilir, kaydedilmemiş de.',
    whatToDo:
      'Aynı idempotency anahtarıyla yeniden gönderin ve bildirin: ayrıntı ağ geçidinin günlüğündedir.',
  },
};

/** The sentences of `messageErrors` in Turkish. Words in braces are filled as there. */
export const messageErrorsInTurkish: Readonly<Record<MessageErrorCode, ErrorRow>> = {
  MESSAGE_INVALID: {
    meaning: 'Mesaj bir nesne değil.',
    whatToDo: 'En az `to` ve `text` alanları olan bir nesne gönderin.',
  },
  FIELD_UNKNOWN: {
    meaning: 'Mesajda bilinmeyen bir alan var: {name}.',
    whatToDo: 'Yazımını denetleyin ya da alanı çıkarın.',
  },
  ACCOUNT_UNKNOWN: {
    meaning: 'Hesap bilinmiyor.',
    whatToDo: 'Tanımlı bir hesabın adını yazın ya da varsayılan hesap için alanı çıkarın.',
  },
  ARGUMENT_INVALID: {
    meaning: 'Değer beklenen biçimde değil.',
    whatToDo: 'Ağ geçidinin belgesinin söylediği biçimde gönderin ya da isteğe bağlıysa alanı çıkarın.',
  },
  DURATION_INVALID: {
    meaning: 'Süre okunamıyor ya da birden çok anlama gelebilir.',
    whatToDo:
      '`90s`, `30m` ya da `1h30m` gibi yazın: boşluk ve kesir olmadan, büyük birim önce, her birim bir kez. m dakikadır.',
  },
  CAMPAIGN_INVALID: {
    meaning: 'Kampanya adı 1 ile 64 arası harf, rakam, nokta, tire ya da alt çizgiden oluşmuyor.',
    whatToDo: '`sonbahar-2026` gibi bir ad verin; kampanya her gönderildiğinde aynı ad olsun.',
  },
  RECIPIENTS_MISSING: { meaning: 'Alıcı yok.', whatToDo: 'En az bir numara gönderin.' },
  RECIPIENTS_INVALID: {
    meaning: 'Alıcılar bir liste değil.',
    whatToDo: 'Tek numara için de bir liste gönderin.',
  },
  NUMBER_EMPTY: {
    meaning: 'Numara boş.',
    whatToDo: '0532 123 45 67 gibi bir cep telefonu numarası gönderin.',
  },
  NUMBER_INVALID: {
    meaning: 'Böyle bir numara olamaz.',
    whatToDo: 'Eksik ya da fazla rakam, harf ya da bir alanda iki numara olup olmadığına bakın.',
  },
  NUMBER_NOT_MOBILE: {
    meaning: 'Numara bir cep telefonunun değil: sabit hat, özel servis numarası (0850, 444) ya da benzeri.',
    whatToDo: "Bir cep telefonu numarası gönderin: Türkiye'de 05 ile başlar.",
  },
  NUMBER_NEEDS_COUNTRY_CODE: {
    meaning: 'Numara Türkiye numarası değil ve ülke kodu yazıldığını gösteren bir işaret yok.',
    whatToDo: 'Ülke kodunun önüne + ya da 00 yazın.',
  },
  NUMBER_READ_AS_TURKISH: {
    meaning:
      'Numara başka bir ülkenin, ancak JetSMS onu artı işareti olmadan alır ve Türkiye cep numarası sanabilir.',
    whatToDo:
      'Türkiye numarasıysa 0532 123 45 67 gibi, + ya da 00 olmadan yazın. Değilse gönderilemez: JetSMS tarafından yanlış anlaşılmayacağı bir yazım bilinmiyor.',
  },
  NUMBER_DOUBLE_ZERO: {
    meaning:
      'Numara ülke kodu işareti olan 00 ile başlıyor, ardından gelen ise Türkiye cep numarasına benziyor.',
    whatToDo: 'Tek sıfır yazın: 0532 123 45 67. Başka bir ülke için ülke kodunun önüne + yazın.',
  },
  NUMBER_DIGITS_LOST: {
    meaning: 'Numara bir tablo programında yuvarlanmış (5,32E+09); son rakamları kayıp.',
    whatToDo: 'Tabloda sütunu "metin" biçimine getirin, numaraları yeniden girip kaydedin.',
  },
  TEXT_EMPTY: {
    meaning: 'Metin boş.',
    whatToDo: 'Bir metin gönderin; şablonda değerlerin doldurulduğunu denetleyin.',
  },
  TEXT_INVALID: { meaning: 'Metin bir dizgi (string) değil.', whatToDo: 'Bir dizgi gönderin.' },
  TEXT_NOT_ENCODABLE: {
    meaning:
      'Metnin {count} karakteri {charset} ile gönderilemez; ilki "{character}" ({codePoint}), {position}. sırada.',
    whatToDo: 'Değiştirin ya da çıkarın, ya da hesabın karakter kümesi utf-8 olsun.',
  },
  TEXT_HAS_CONTROL_CHARACTER: {
    meaning:
      'Metnin {count} karakteri denetim karakteri ya da yarım bir çift; ilki {codePoint}, {position}. sırada.',
    whatToDo: 'Çıkarın; satır sonu ve sekme olabilir. Yarım çift, ikiye bölünen bir emojiden kalır.',
  },
  TEXT_TOO_LONG: {
    meaning: 'Metin {characters} karakter; hesap en çok {maximum} karaktere izin veriyor.',
    whatToDo: 'Metni kısaltın ya da JetSMS üst sınırı yükseltsin, ardından ayarlarda yükseltin.',
  },
  TITLE_MISSING: {
    meaning: 'Mesaj başlığı (gönderen adı) yok ya da boş.',
    whatToDo: "JetSMS'te kayıtlı bir başlık gönderin ya da hesaba bir başlık tanımlayın.",
  },
  TITLE_INVALID: {
    meaning: 'Mesaj başlığı, {charset} ile yazılabilen en çok {maximum} karakterlik bir dizgi değil.',
    whatToDo: "Başlığı JetSMS'te kayıtlı olduğu gibi gönderin.",
  },
  LANE_UNKNOWN: { meaning: 'Şerit (lane) bilinmiyor.', whatToDo: 'Şunlardan biri olsun: {allowed}.' },
  WHEN_UNCERTAIN_UNKNOWN: {
    meaning: 'Sonucu belirsiz bir mesaja ne olacağı seçimi bilinmiyor.',
    whatToDo: 'Şunlardan biri olsun: {allowed}.',
  },
  WHEN_NOT_FOUND_UNKNOWN: {
    meaning: "JetSMS'in bilmediği bir mesaja ne olacağı seçimi bilinmiyor.",
    whatToDo: 'Şunlardan biri olsun: {allowed}.',
  },
  WHEN_NOT_FOUND_UNASKED: {
    meaning: 'whenNotFound sorduktan sonra ne olacağını söyler, ama bu mesaj için sorulmayacak.',
    whatToDo: "whenNotFound alanını çıkarın ya da whenUncertain: 'ask' gönderin.",
  },
  META_INVALID: {
    meaning:
      'meta; metin, sayı ve doğru/yanlış değerlerinden oluşan düz bir nesne değil ya da JSON olarak {maximum} bayttan büyük.',
    whatToDo: '{ orderId: 17 } gibi az sayıda kısa alan gönderin, gerisini kendi veritabanınızda tutun.',
  },
  REFERENCE_INVALID: {
    meaning:
      'reference, {charset} ile yazılabilen 1 ile {maximum} karakter arası tek satırlık bir metin değil.',
    whatToDo: 'Sipariş numarası gibi kısa bir söz gönderin ya da alanı çıkarın.',
  },
  TIME_INVALID: {
    meaning: 'Zaman okunamıyor.',
    whatToDo:
      '1970 başından bu yana milisaniye ya da saat dilimi yazılı bir ISO 8601 metni gönderin: 2030-01-31T09:00:00+03:00.',
  },
  SCHEDULE_PAST: {
    meaning: 'Gönderim zamanı {seconds} sn geride kaldı.',
    whatToDo:
      "İleri bir zaman gönderin ya da hemen göndermek için alanı çıkarın. Sayılar saniye değil milisaniyedir. Geçerli saat Redis'in saatidir: bu makinenin saatini denetleyin.",
  },
  SCHEDULE_TOO_FAR: {
    meaning: 'Gönderim zamanı {maximumDays} günden daha ileride.',
    whatToDo: 'Daha erken bir zaman gönderin. Sayılar 1970 başından bu yana milisaniyedir.',
  },
  SCHEDULE_AFTER_DEADLINE: {
    meaning: 'Gönderim zamanı son tarihten önce değil.',
    whatToDo: 'Daha geç bir son tarih ya da daha erken bir gönderim zamanı verin.',
  },
  DEADLINE_PAST: {
    meaning: 'Son tarih {seconds} sn önce geçti.',
    whatToDo:
      "İleri bir son tarih gönderin ya da alanı çıkarın. Sayılar saniye değil milisaniyedir. Geçerli saat Redis'in saatidir: bu makinenin saatini denetleyin.",
  },
  DEADLINE_TOO_FAR: {
    meaning: 'Son tarih {maximumDays} günden daha ileride.',
    whatToDo: 'Daha erken bir son tarih gönderin. Sayılar 1970 başından bu yana milisaniyedir.',
  },
  TOO_MANY_RECIPIENTS: {
    meaning: '{count} alıcı var; bir çağrı en çok {maximum} alıcı alır.',
    whatToDo: 'Her {maximum} alıcı için bir kez çağırın.',
  },
  JOB_TOO_LARGE: {
    meaning: 'Gönderim işi {bytes} bayt olurdu; en çok {maximum} olabilir.',
    whatToDo: 'Bir kerede daha az alıcı gönderin ya da önce işçilerde maxJobBytes değerini yükseltin.',
  },
  MMS_NEEDS_WEB_SERVICE: {
    meaning:
      "Hesap XML kullanıyor; MMS yalnızca web servisinden gidebilir: MMS'in XML biçimi yayımlanmamıştır.",
    whatToDo: 'Hesap web servisini kullansın (surface: web-service) ya da kullanan bir hesapla gönderin.',
  },
  SUBJECT_INVALID: {
    meaning: 'Konu, {charset} ile yazılabilen en çok {maximum} karakterlik tek satırlık bir dizgi değil.',
    whatToDo: 'Daha kısa ya da boş bir konu gönderin.',
  },
  MEDIA_INVALID: {
    meaning: 'media, `contentType` ve bayt olarak `data` içeren bir nesne değil.',
    whatToDo: 'Dosyanın baytlarını ve MIME türünü gönderin.',
  },
  MEDIA_TYPE_NOT_ALLOWED: {
    meaning: 'Medyanın içerik türü hesabın izin verdiklerinden değil.',
    whatToDo:
      "Şunlardan biri olsun: {allowed}. JetSMS'in neyi aldığı yayımlanmamıştır; ayar: mmsContentTypes.",
  },
  MEDIA_TOO_LARGE: {
    meaning: 'Medya {bytes} bayt; hesap en çok {maximum} bayta izin veriyor.',
    whatToDo: "Dosyayı küçültün. JetSMS'in neyi aldığı yayımlanmamıştır; ayar: mmsMaxBytes.",
  },
  IDEMPOTENCY_KEY_INVALID: {
    meaning: 'idempotencyKey 1 ile {maximum} karakter arası bir dizgi değil.',
    whatToDo: 'Mesajı sizin sisteminizde adlandıran bir metin gönderin ya da alanı çıkarın.',
  },
};
