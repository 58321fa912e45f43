/** Where a code can occur: everywhere, on the web service only ("Web Servis'e Özel"), or for an MMS only. */
export type CodeSurface = 'any' | 'web-service' | 'mms';

/** The row's name. It is the code, except under 90, which has three rows. */
export type RowId =
  | '00'
  | '10'
  | '11'
  | '12'
  | '30'
  | '31'
  | '72'
  | '76'
  | '77'
  | '80'
  | '81'
  | '84'
  | '85'
  | '86'
  | '87'
  | '88'
  | '89'
  | '90-parser'
  | '90-xml-null'
  | '90-other'
  | '201'
  | '202'
  | '203'
  | '204';

/** One row of the provider's list: what JetSMS says, nothing of what this product does about it. */
export interface ListedCode {
  /** The row's name. */
  readonly id: RowId;
  /** As it stands in a reply. */
  readonly code: string;
  /** Where it can occur. */
  readonly surface: CodeSurface;
  /** The provider's own words, Turkish. */
  readonly description: string;
  /** The reply as the list prints it; null where the list prints none. */
  readonly literal: string | null;
  /** The description in English. */
  readonly meaning: string;
}

/** The title of the provider's list, the source of every row. */
export const listTitle = 'JetSMS, XML ve API ile MMS Gönderiminde Alınan Cevap Kodları';

const lengthRule =
  'Mesaj boyu 160 karakter ile 612 karakter arasında olabilir. Eskiye uyum nedeniyle öntanımlı olarak ' +
  '160 karakter tanımlıdır. Abonenin isteğine göre 160, 306, 459, 612 olarak belirlenebilir. ' +
  'İstediğiniz maksimum mesaj boyu için Müşteri Hizmetlerini arayınız.';
const lengthReply = '85 Mesaj {mesajUzunlugu} den uzun. Max 612 olabilir.Musteri Hizmetlerini arayiniz.';
const badStructure = "XML kod yapısında hata, lütfen XML'i kontrol ediniz";
const explained = 'Açıklama';

type Columns = readonly [
  id: RowId,
  surface: CodeSurface,
  description: string,
  literal: string | null,
  meaning: string,
];

const columns: readonly Columns[] = [
  ['00', 'any', 'SMS Gönderimi Başarılı', '00 130228114512', 'accepted; the rest is the group id'],
  ['10', 'any', 'Kullanıcı adı veya şifre hatalı', '10 wrong user', 'wrong user name or password'],
  ['11', 'any', 'Mesaj Göndermek için limit yok', '11 not enough limit', 'not enough credit to send'],
  [
    '12',
    'any',
    'Mesaj Başlığı Hatalı veya onaylı değil',
    '12 wrong title',
    'sender title wrong or not approved',
  ],
  ['30', 'any', 'Mesaj Başlığı Boş', null, 'sender title empty'],
  ['31', 'any', 'Mesaj Gönderilecek Gsm Numarası yok', null, 'no recipient number'],
  [
    '72',
    'any',
    'Mesaj Başlığı Ekleme Kapatıldı',
    '72 not insert message title',
    'adding sender titles is closed',
  ],
  [
    '76',
    'any',
    'XML ile mesaj gondermesine yetki yok',
    '76 forbidden send message with xml',
    'account may not send by XML',
  ],
  [
    '77',
    'any',
    'Mesaj Gönderme yetkiniz yok. Sistemi kapalı',
    '77 non authentication for send message',
    'account may not send; its system is closed',
  ],
  [
    '80',
    'any',
    'İstenmeyen SMS karakteri',
    '80 XML Error : Unexpected SMS characters',
    'unwanted character in the text',
  ],
  [
    '81',
    'web-service',
    'Mesaj sayısı ile receipt sayisi uyumsuz',
    'mesaj sayisi ile receipt sayisi uyumsuz',
    'numbers of messages and recipients differ',
  ],
  [
    '84',
    'web-service',
    'Mesaj sayisi ya da receipt sayisi sifir geldi',
    'mesaj sayisi ya da receipt sayisi sifir geldi',
    'zero messages or zero recipients',
  ],
  [
    '85',
    'any',
    lengthRule,
    lengthReply,
    "text longer than the account's maximum, which is one of 160 (1 SMS), 306 (2), 459 (3), 612 (4) characters",
  ],
  [
    '86',
    'web-service',
    'Message Header 40 dan buyuk geldi',
    'header 40 karakterden dan uzun olamaz',
    'message header longer than 40',
  ],
  ['87', 'web-service', 'Message Header sayisi 0 olamaz', 'header sayisi 0 olamaz', 'zero message headers'],
  [
    '88',
    'web-service',
    'Message Header sayisi ile receipt sayisi uyumsuz',
    'header sayisi ile receipt sayisi uyumsuz',
    'numbers of headers and recipients differ',
  ],
  [
    '89',
    'web-service',
    'Messagetype 0,1,2,3 ve 4 den baska bir deger geldi',
    'messagetype 0,1,2,3 ve 4 den baska bir deger geldi',
    'message type outside 0–4',
  ],
  ['90-parser', 'any', badStructure, '90 XML Parser Hatasi : ...', 'the XML could not be parsed'],
  ['90-xml-null', 'any', 'XML alınamadı', '90 XML null', 'the XML did not arrive'],
  ['90-other', 'any', badStructure, '90 Hatanın açıklaması', "error in the XML's structure"],
  ['201', 'mms', 'MMS Geçersiz Kanal Bilgisi', `201 ${explained}`, 'invalid MMS channel'],
  ['202', 'mms', 'MMS Geçersiz Content Type Bilgisi', `202 ${explained}`, 'invalid MMS content type'],
  ['203', 'mms', 'MMS Maksimum Dosya Boyutu Aşıldı', `203 ${explained}`, 'MMS file larger than the maximum'],
  ['204', 'mms', 'MMS İzinsiz Zaman Aralığı', `204 ${explained}`, 'time interval not permitted for MMS'],
];

/** Every row of the provider's list, in its order. */
export const codeList: readonly ListedCode[] = columns.map(
  ([id, surface, description, literal, meaning]): ListedCode => ({
    id,
    code: id.split('-', 1)[0] ?? id,
    surface,
    description,
    literal,
    meaning,
  }),
);
