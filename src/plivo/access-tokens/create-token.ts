import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { namedApplication } from '../ownership.ts';
import { MAX_LIFETIME_S, signAccessToken } from './access-token.ts';

const allow = Type.Optional(Type.Boolean());
/** Seconds since the epoch; some SDKs send them as text. */
const seconds = () => Type.Optional(Type.Integer({ minimum: 0, maximum: 4_102_444_800 }));

/** POST JWT/Token/ (account-numbers.md §14.1): an access token for the Browser SDK's login. Nothing is stored. */
export const createAccessToken = defineVoiceCommand({
  name: 'create-access-token',
  summary: 'Make an access token with which a browser logs in',
  tag: 'JWT',
  method: 'POST',
  path: 'JWT/Token/',
  parameters: Type.Object({
    iss: text(32),
    sub: Type.Optional(text(64)),
    nbf: seconds(),
    exp: seconds(),
    app: Type.Optional(text(32)),
    per: Type.Optional(
      Type.Object({
        voice: Type.Optional(Type.Object({ incoming_allow: allow, outgoing_allow: allow })),
        incoming_allow: allow,
        outgoing_allow: allow,
      }),
    ),
    incoming_allow: allow,
    outgoing_allow: allow,
  }),
  replies: { 200: Type.Object({ api_id: apiId(), token: Type.String() }) },
  async run({ scope, parameters: given, now }, { applications, directory }) {
    const signer = scope.subaccount ?? scope.account;
    const isOwn = given.iss === signer.authId;
    const issuer = isOwn ? signer : scope.byMainAccount ? await directory.find(given.iss) : undefined;
    if (!issuer || (!isOwn && issuer.parentId !== scope.account.authId))
      throw invalidParameter('iss', 'iss parameter is invalid: it is not the Auth ID of this account');
    const incoming = given.per?.voice?.incoming_allow ?? given.per?.incoming_allow ?? given.incoming_allow ?? false;
    const outgoing = given.per?.voice?.outgoing_allow ?? given.per?.outgoing_allow ?? given.outgoing_allow ?? false;
    const sub = given.sub ?? '';
    if (incoming && sub === '') throw missingParameter('sub');
    const application = given.app ? await namedApplication(scope, 'app', given.app, applications) : undefined;
    const nbf = given.nbf ?? Math.floor(now / 1000);
    const exp = given.exp ?? nbf + MAX_LIFETIME_S;
    if (exp <= nbf) throw invalidParameter('exp', 'exp parameter is invalid: it must be later than nbf');
    if (exp - nbf > MAX_LIFETIME_S)
      throw invalidParameter('exp', 'exp parameter is invalid: a token is valid for 24 hours at most');
    const claims = {
      app: application?.appId ?? '',
      exp,
      iss: issuer.authId,
      nbf,
      per: { voice: { incoming_allow: incoming, outgoing_allow: outgoing } },
      sub,
    };
    return { status: 200, body: { token: signAccessToken(claims, issuer.authToken) } };
  },
});
