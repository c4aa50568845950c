/** What accounts pay for, as the ledger and the sums of a day name it. */
const chargeKinds = [
  'sms',
  'mms',
  'whatsapp',
  'call',
  'multiparty',
  'recording',
  'recording_storage',
  'transcription',
  'machine_detection',
  'stream',
  'lookup',
  'verification',
  'speech_recognition',
  'cnam_lookup',
  'brand_registration',
  'campaign_vetting',
  'number_setup',
  'number_rent',
  /** What the operator grants; the only one whose amounts are negative. */
  'credit',
] as const;

export type ChargeKind = (typeof chargeKinds)[number];
