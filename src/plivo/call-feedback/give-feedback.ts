import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound, Problem } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** voice-api.md §12, with the two spellings that its error texts use. */
const ISSUES: ReadonlyMap<string, string> = new Map([
  ['AUDIO_LAG', 'AUDIO_LAG'],
  ['BROKEN_AUDIO', 'BROKEN_AUDIO'],
  ['CALL_DROPPED', 'CALL_DROPPED'],
  ['CALL_DROPPPED', 'CALL_DROPPED'],
  ['CALLERID_ISSUE', 'CALLERID_ISSUE'],
  ['CALLERID_ISSUES', 'CALLERID_ISSUE'],
  ['DIGITS_NOT_CAPTURED', 'DIGITS_NOT_CAPTURED'],
  ['ECHO', 'ECHO'],
  ['HIGH_CONNECT_TIME', 'HIGH_CONNECT_TIME'],
  ['LOW_AUDIO_LEVEL', 'LOW_AUDIO_LEVEL'],
  ['ONE_WAY_AUDIO', 'ONE_WAY_AUDIO'],
  ['OTHERS', 'OTHERS'],
  ['ROBOTIC_AUDIO', 'ROBOTIC_AUDIO'],
]);
const BEST = 5;
const MAX_NOTES = 2_000;
const POSTED = 'Feedback has been posted';

/**
 * POST /v1/Call/{call_uuid}/Feedback/ (voice-api.md §12): a path without account, on a host of its own. What is wrong with the feedback is
 * 422, other than everywhere else, so the parameters are judged here.
 */
export const giveFeedback = defineVoiceCommand({
  name: 'give-feedback',
  summary: 'Rate the quality of a call',
  tag: 'Call',
  method: 'POST',
  path: 'Call/{call_uuid}/Feedback/',
  // After any call of the voice API the PHP SDK sends its feedback to the last of them (sdks.md §4), with the call in the body.
  aliases: ['/v1/Call/{call_uuid}/Feedback/', '/v1/v1/Call/{call_uuid}/Feedback/', '/v1/v1/Call/'],
  parameters: Type.Object({
    call_uuid: Type.Optional(idInPath()),
    callUUID: Type.Optional(idInPath()),
    rating: Type.Optional(Type.Unknown()),
    issues: Type.Optional(Type.Unknown()),
    notes: Type.Optional(Type.Unknown()),
    Notes: Type.Optional(Type.Unknown()),
  }),
  refusals: ['unprocessable'],
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.Literal(POSTED),
      data: Type.Literal(POSTED),
      status: Type.Literal('success'),
    }),
  },
  async run({ scope, parameters: given, now }, { callFeedback }) {
    const rating = readRating(given.rating);
    const issues = readIssues(given.issues);
    if (rating < BEST && issues.length === 0)
      throw refused('issues', 'issues parameter is missing: it is required when rating is below 5');
    const notes = given.notes ?? given.Notes ?? '';
    if (typeof notes !== 'string' || notes.length > MAX_NOTES)
      throw refused('notes', `notes parameter is invalid: a text of at most ${MAX_NOTES} characters is expected`);
    const callId = given.call_uuid ?? given.callUUID;
    if (callId === undefined) throw refused('callUUID', 'callUUID parameter is missing');
    const found = await callFeedback.put(reachOf(scope), { callId, rating, issues, notes, givenAt: now });
    if (!found) throw notFound();
    return { status: 201, body: { message: POSTED, data: POSTED, status: 'success' } };
  },
});

const refused = (parameter: string, text: string) => new Problem('unprocessable', text, { parameter });

function readRating(given: unknown): number {
  if (given === undefined) throw refused('rating', 'rating parameter is missing');
  const rating = typeof given === 'number' || typeof given === 'string' ? Number(given) : Number.NaN;
  if (rating >= 1 && rating <= BEST) return rating;
  throw refused('rating', 'rating parameter is invalid: a number from 1 to 5 is expected');
}

function readIssues(given: unknown): readonly string[] {
  if (given === undefined) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((entry) => {
    const issue = typeof entry === 'string' ? ISSUES.get(entry.toUpperCase()) : undefined;
    if (issue !== undefined) return issue;
    throw refused('issues', `issues parameter is invalid: a list of ${[...new Set(ISSUES.values())].join(', ')} is expected`);
  });
}
