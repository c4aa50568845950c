/** The official Node SDK, pointed at a server under test. */
import { createRequire } from 'node:module';
import type { Credentials } from './api.ts';

/** What the SDK resolves with: response keys in camelCase; lists are arrays with a `meta` property. */
export type SdkObject = Record<string, unknown>;
export type SdkList = SdkObject[] & { readonly meta?: SdkObject };
type Params = Record<string, unknown>;

/** A fetched Powerpack has the requests of its pool as methods. */
export interface SdkPowerpack extends SdkObject {
  list_numbers(params?: Params): Promise<unknown>;
  count_numbers(params?: Params): Promise<unknown>;
  find_number(number: string): Promise<SdkObject>;
  add_number(number: string, service?: string): Promise<SdkObject>;
  remove_number(number: string, unrent?: boolean): Promise<SdkObject>;
  buy_add_number(params: Params): Promise<SdkObject>;
  add_tollfree(number: string): Promise<SdkObject>;
  list_tollfree(params?: Params): Promise<unknown>;
  find_tollfree(number: string, service?: string): Promise<SdkObject>;
  remove_tollfree(number: string, unrent?: boolean): Promise<SdkObject>;
  list_shortcodes(params?: Params): Promise<unknown>;
  find_shortcode(code: string, service?: string): Promise<SdkObject>;
  remove_shortcode(code: string): Promise<SdkObject>;
  delete(unrent?: boolean): Promise<unknown>;
}
type Calls<Names extends string> = Readonly<Record<Names, (...given: unknown[]) => Promise<SdkObject>>>;

/** The calls these suites make. The package's own declarations leave many of them out. */
export interface SdkClient {
  accounts: { get(): Promise<SdkObject>; update(params: Params): Promise<SdkObject> };
  subaccounts: {
    create(name: string, enabled?: boolean): Promise<SdkObject>;
    get(id: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    update(id: string, name: string, enabled?: boolean): Promise<SdkObject>;
    delete(id: string, cascade?: boolean): Promise<unknown>;
  };
  applications: {
    create(name: string, params?: Params): Promise<SdkObject>;
    get(id: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    update(id: string, params: Params): Promise<SdkObject>;
    delete(id: string, params?: Params): Promise<unknown>;
  };
  numbers: {
    search(country: string, params?: Params): Promise<SdkList>;
    buy(number: string, appId?: string): Promise<SdkObject>;
    get(number: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    update(number: string, params: Params): Promise<SdkObject>;
    addOwnNumber(numbers: string, carrier: string, region: string, params?: Params): Promise<SdkObject>;
    unrent(number: string): Promise<unknown>;
  };
  powerpacks: {
    create(name: string, params?: Params): Promise<SdkObject>;
    get(uuid: string): Promise<SdkPowerpack>;
    list(params?: Params): Promise<SdkList>;
    update(uuid: string, params: Params): Promise<SdkObject>;
  };
  pricings: { get(country: string): Promise<SdkObject> };
  lookup: { get(number: string, type?: string): Promise<SdkObject> };
  messages: {
    create(params: Params): Promise<SdkObject>;
    get(uuid: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    listMedia(uuid: string): Promise<SdkObject>;
  };
  media: {
    upload(files: string[]): Promise<SdkObject>;
    get(id: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkObject>;
  };
  calls: {
    create(from: string, to: string | string[], answerUrl: string, params?: Params): Promise<SdkObject>;
    get(uuid: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    hangup(uuid: string): Promise<unknown>;
    cancel(uuid: string): Promise<unknown>;
    transfer(uuid: string, params: Params): Promise<SdkObject>;
    playMusic(uuid: string, urls: string, params?: Params): Promise<SdkObject>;
    stopPlayingMusic(uuid: string): Promise<unknown>;
    speakText(uuid: string, text: string, params?: Params): Promise<SdkObject>;
    stopSpeakingText(uuid: string): Promise<unknown>;
    sendDigits(uuid: string, digits: string, params?: Params): Promise<SdkObject>;
    record(uuid: string, params?: Params): Promise<SdkObject>;
    stopRecording(uuid: string, params?: Params): Promise<unknown>;
    listLiveCalls(params?: Params): Promise<SdkObject[]>;
    getLiveCall(uuid: string): Promise<SdkObject>;
    listQueuedCalls(): Promise<SdkObject[]>;
    getQueuedCall(uuid: string): Promise<SdkObject>;
    stream(uuid: string, serviceUrl: string, params?: Params): Promise<SdkObject>;
    getStream(uuid: string, streamId: string): Promise<SdkObject>;
    getAllStream(uuid: string): Promise<SdkObject>;
    stopStream(uuid: string, streamId: string): Promise<unknown>;
    stopAllStream(uuid: string): Promise<unknown>;
  };
  conferences: {
    list(): Promise<{ readonly apiId: string; readonly conferences: readonly string[] }>;
    get(name: string): Promise<SdkObject>;
    hangup(name: string): Promise<unknown>;
    hangupAll(): Promise<unknown>;
    hangupMember(name: string, member: string): Promise<unknown>;
    kickMember(name: string, member: string): Promise<SdkObject>;
    muteMember(name: string, member: string): Promise<SdkObject>;
    unmuteMember(name: string, member: string): Promise<unknown>;
    deafMember(name: string, member: string): Promise<SdkObject>;
    undeafMember(name: string, member: string): Promise<unknown>;
    playAudioToMember(name: string, member: string, url: string): Promise<SdkObject>;
    stopPlayingAudioToMember(name: string, member: string): Promise<unknown>;
    speakTextToMember(name: string, member: string, text: string, params?: Params): Promise<SdkObject>;
    stopSpeakingTextToMember(name: string, member: string): Promise<unknown>;
    record(name: string, params?: Params): Promise<SdkObject>;
    stopRecording(name: string): Promise<unknown>;
  };
  multiPartyCalls: {
    list(params?: Params): Promise<SdkList>;
    get(which: Params): Promise<SdkObject>;
    addParticipant(role: string, params: Params): Promise<SdkObject>;
    start(params: Params): Promise<unknown>;
    stop(which: Params): Promise<unknown>;
    startRecording(params: Params): Promise<SdkObject>;
    stopRecording(which: Params): Promise<unknown>;
    pauseRecording(which: Params): Promise<unknown>;
    resumeRecording(which: Params): Promise<unknown>;
    listParticipants(params: Params): Promise<SdkObject>;
    getParticipant(id: string, which: Params): Promise<SdkObject>;
    updateParticipant(id: string, params: Params): Promise<SdkObject>;
    kickParticipant(id: string, which: Params): Promise<unknown>;
    startParticipantRecording(id: string, params: Params): Promise<SdkObject>;
    stopParticipantRecording(id: string, params: Params): Promise<unknown>;
    pauseParticipantRecording(id: string, params: Params): Promise<unknown>;
    resumeParticipantRecording(id: string, params: Params): Promise<unknown>;
    startPlayAudio(id: string, url: string, which: Params): Promise<SdkObject>;
    stopPlayAudio(id: string, which: Params): Promise<unknown>;
  };
  recordings: {
    get(id: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    delete(id: string): Promise<unknown>;
  };
  endpoints: {
    create(username: string, password: string, alias: string, appId?: string): Promise<SdkObject>;
    get(id: string): Promise<SdkObject>;
    list(params?: Params): Promise<SdkList>;
    update(id: string, params: Params): Promise<SdkObject>;
    delete(id: string): Promise<unknown>;
  };
  verify: {
    initiate(number: string, params?: Params): Promise<SdkObject>;
    verify(uuid: string, otp: string): Promise<SdkObject>;
    getVerifiedCallerId(number: string): Promise<SdkObject>;
    listVerifiedCallerId(params?: Params): Promise<SdkObject>;
    updateVerifiedCallerId(number: string, params: Params): Promise<SdkObject>;
    deleteVerifiedCallerId(number: string): Promise<unknown>;
  };
  verify_session: {
    create(session: Params): Promise<SdkObject>;
    get(uuid: string): Promise<SdkObject>;
    list(params?: Params): Promise<{ readonly sessions: SdkObject[] | null; readonly meta: SdkObject }>;
    validate(given: { readonly id: string; readonly otp: string }): Promise<SdkObject>;
  };
  maskingSession: {
    createMaskingSession(first: string, second: string, params?: Params): Promise<SdkObject>;
    getMaskingSession(uuid: string): Promise<SdkObject>;
    listMaskingSession(params?: Params): Promise<SdkObject>;
    updateMaskingSession(uuid: string, params: Params): Promise<SdkObject>;
    deleteMaskingSession(uuid: string): Promise<SdkObject>;
  };
  profile: Calls<'create' | 'get' | 'list' | 'update' | 'delete'>;
  brand: Calls<'create' | 'get' | 'list' | 'deleteBrand' | 'trigger_otp' | 'get_usecases'>;
  campaign: Calls<
    | 'create'
    | 'import_campaign'
    | 'get'
    | 'list'
    | 'update'
    | 'deleteCampaign'
    | 'linkNumber'
    | 'listNumber'
    | 'getNumber'
    | 'unlinkNumber'
  >;
  tollfreeVerification: Calls<'create' | 'get' | 'update' | 'delete'> & { list(params?: Params): Promise<SdkList> };
  loa: Calls<'create' | 'get' | 'list' | 'delete'>;
  hostedMessagingNumber: Calls<'create' | 'get' | 'list'>;
  endUsers: Calls<'create' | 'get' | 'list' | 'update' | 'delete'>;
  complianceDocumentTypes: Calls<'get' | 'list'>;
  complianceDocuments: Calls<'create' | 'get' | 'list' | 'update' | 'delete'>;
  complianceRequirements: Calls<'get' | 'list'>;
  complianceApplications: Calls<'create' | 'get' | 'list' | 'update' | 'submit' | 'delete'>;
  phoneNumberCompliance: Calls<'create' | 'get' | 'list' | 'update' | 'delete'>;
  phoneNumberComplianceRequirements: Calls<'get'>;
  phoneNumberComplianceLink: Calls<'link'>;
  callFeedback: { create(uuid: string, rating: string, issues?: string[], notes?: string): Promise<SdkObject> };
}

/** The SDK's XML builder: each `add` gives back the element it has added. */
export interface XmlElement {
  addSpeak(text: string, attributes?: Params): XmlElement;
  addPlay(url: string, attributes?: Params): XmlElement;
  addWait(attributes?: Params): XmlElement;
  addDTMF(digits: string, attributes?: Params): XmlElement;
  addPreAnswer(): XmlElement;
  addGetDigits(attributes: Params): XmlElement;
  addGetInput(attributes: Params): XmlElement;
  addRecord(attributes: Params): XmlElement;
  addDial(attributes?: Params): XmlElement;
  addNumber(number: string, attributes?: Params): XmlElement;
  addUser(address: string, attributes?: Params): XmlElement;
  addRedirect(url: string, attributes?: Params): XmlElement;
  addHangup(attributes?: Params): XmlElement;
  addConference(name: string, attributes?: Params): XmlElement;
  addStream(url: string, attributes?: Params): XmlElement;
  addMultiPartyCall(name: string, attributes: Params): XmlElement;
  addMessage(text: string, attributes: Params): XmlElement;
  toXML(): string;
}

interface PlivoModule {
  Response: new () => XmlElement;
  Client: new (authId: string, authToken: string, options?: Params) => SdkClient;
  validateSignature(uri: string, nonce: string, signature: string, authToken: string): boolean;
  validateV3Signature(
    method: string,
    uri: string,
    nonce: string,
    authToken: string,
    signature: string,
    params?: Record<string, string>,
  ): boolean;
}

interface AxiosModule {
  getAdapter(names: string[]): (config: { url?: string }) => Promise<unknown>;
  defaults: { adapter: unknown };
}

const require = createRequire(import.meta.url);
const plivo: PlivoModule = require('plivo');
const axios: AxiosModule = require(require.resolve('axios', { paths: [require.resolve('plivo')] }));

/**
 * The SDK has no setting for the base URL that covers all its requests: voice routes are literals. Its HTTP client's adapter sees them
 * all. One server at a time, so one suite a process.
 */
export function sdk(who: Credentials): SdkClient {
  const send = axios.getAdapter(['http']);
  axios.defaults.adapter = (config: { url?: string }) =>
    send({ ...config, url: (config.url ?? '').replace(/^https:\/\/[a-z0-9-]+\.plivo\.com/, who.url) });
  return new plivo.Client(who.authId, who.authToken, { timeout: 15_000 });
}

export const XmlResponse = plivo.Response;
export const validateSignature = plivo.validateSignature;
export const validateV3Signature = plivo.validateV3Signature;

export interface Refusal {
  readonly status: number | undefined;
  /** The error class that the SDK chose, such as `GeoPermissionError`. */
  readonly kind: string;
  readonly message: string;
}

/**
 * How the SDK says that a request was refused. In the published package, compiled to ES5, the constructors of its error classes give
 * back plain Errors: which class it was is only in the stack.
 */
export async function refusal(attempt: Promise<unknown>): Promise<Refusal> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error) {
      const status = 'status' in error && typeof error.status === 'number' ? error.status : undefined;
      const kind = /^\s*at new (\w+Error) /m.exec((error.stack ?? '').replace(/^.*PlivoRestError.*$/m, ''))?.[1] ?? error.name;
      return { status, kind, message: error.message };
    }
    return { status: undefined, kind: typeof error, message: String(error) };
  }
  throw new Error('the call succeeded, a refusal was expected');
}
