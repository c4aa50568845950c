import { type Static, Type } from 'typebox';
import { isWebAddress } from '../../delivery/web-address.ts';
import { invalidParameter, missingParameter, notFound } from '../../errors/catalogue.ts';
import { isUuid } from '../../runtime/ids.ts';
import type { InviteByDialling, InviteByTransfer } from '../../voice/multiparty/multiparty-control.ts';
import { multiPartyLimits } from '../../voice/multiparty/multiparty-plan.ts';
import { destinations, digitLists, listed, readDestinations, type Wanted, wholeNumbers } from '../calls/call-parameters.ts';
import { flag, text, url } from '../fields.ts';
import { parseSipHeaders } from '../sip-headers.ts';
import { readTarget, verb } from './verb.ts';

const MAX_CALLER_NAME = 50;
/** A day: what no phone rings or waits longer than. */
const MAX_SECONDS = 86_400;

/** Who is to come in, and how (multiparty-calls.md §4.5). */
export const inviteParameters = {
  role: text(20),
  from: Type.Optional(text(256)),
  to: Type.Optional(destinations()),
  call_uuid: Type.Optional(text(64)),
  caller_name: Type.Optional(text(256)),
  call_status_callback_url: Type.Optional(url()),
  call_status_callback_method: verb(),
  sip_headers: Type.Optional(text(4_096)),
  confirm_key: Type.Optional(Type.String({ pattern: '^[0-9*#]$' })),
  confirm_key_sound_url: Type.Optional(url()),
  confirm_key_sound_method: verb(),
  dial_music: Type.Optional(text(2_048)),
  ring_timeout: listed(),
  delay_dial: listed(),
  send_digits: Type.Optional(text(110)),
  send_on_preanswer: flag(),
};
const shape = Type.Object(inviteParameters);
type Given = Static<typeof shape>;

/** @throws invalid_parameter where SDKs refuse it themselves, and for what they do not look at */
export function readInvite(given: Given): InviteByDialling | InviteByTransfer {
  const { from, to, call_uuid: callId } = given;
  if (callId !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw invalidParameter('call_uuid', 'call_uuid parameter is invalid: it excludes from and to');
    }
    if (!isUuid(callId)) throw notFound();
    return { kind: 'transfer', callId: callId.toLowerCase() };
  }
  if (from === undefined && to === undefined) {
    throw invalidParameter('from', 'either call_uuid, or from and to, parameters are expected');
  }
  if (from === undefined) throw missingParameter('from');
  if (to === undefined) throw missingParameter('to');
  const wanted = readDestinations(to);
  checkDestinations(wanted, given.role);
  const ringTimeouts = seconds('ring_timeout', given.ring_timeout, wanted);
  const delays = seconds('delay_dial', given.delay_dial, wanted);
  const [sendDigits] = digitLists('send_digits', given.send_digits);
  return {
    kind: 'dial',
    from,
    callerName: callerName(given.caller_name, from),
    destinations: wanted.destinations.map((destination) => ({
      to: destination.to,
      ringTimeoutS: ringTimeouts(destination.place) ?? multiPartyLimits.ringTimeoutS,
      delayS: delays(destination.place) ?? 0,
    })),
    headers: parseSipHeaders(given.sip_headers).headers,
    callStatusCallback: readTarget(
      given.call_status_callback_url,
      'call_status_callback_method',
      given.call_status_callback_method,
      'POST',
    ),
    confirmKey: given.confirm_key,
    confirmSound: readTarget(given.confirm_key_sound_url, 'confirm_key_sound_method', given.confirm_key_sound_method, 'GET'),
    dialMusic: readDialMusic(given.dial_music),
    sendDigits,
    sendOnPreanswer: given.send_on_preanswer ?? false,
  };
}

function checkDestinations({ count }: Wanted, role: string): void {
  if (count > multiPartyLimits.destinations) {
    throw invalidParameter('to', `to parameter is invalid: at most ${multiPartyLimits.destinations} destinations are expected`);
  }
  if (count > 1 && role.toLowerCase() !== 'agent') {
    throw invalidParameter('to', 'to parameter is invalid: several destinations are for the role agent alone');
  }
}

/** One value is for all destinations; of several each is for the destination at its place. */
function seconds(
  name: string,
  given: Parameters<typeof wholeNumbers>[1],
  { count }: Wanted,
): (place: number) => number | undefined {
  const values = wholeNumbers(name, given, 0);
  if (values.length > count) {
    throw invalidParameter(name, `${name} parameter is invalid: it has more values than there are destinations`);
  }
  if (values.some((value) => value !== undefined && value > MAX_SECONDS)) {
    throw invalidParameter(name, `${name} parameter is invalid: at most ${MAX_SECONDS}`);
  }
  return (place) => (values.length === 1 ? values[0] : values[place]);
}

/** Node sends the caller's number for it, which may be a long SIP address. */
function callerName(given: string | undefined, from: string): string | undefined {
  if (given === undefined || given === from || given.length <= MAX_CALLER_NAME) return given;
  throw invalidParameter('caller_name', `caller_name parameter is invalid: at most ${MAX_CALLER_NAME} characters`);
}

function readDialMusic(given: string | undefined): InviteByDialling['dialMusic'] {
  const kind = given?.toLowerCase() ?? 'real';
  if (kind === 'real' || kind === 'none') return { kind };
  if (given !== undefined && isWebAddress(given)) return { kind: 'url', url: given };
  throw invalidParameter('dial_music', 'dial_music parameter is invalid: real, none or a URL is expected');
}
