import pg from 'pg';
import type { Account, Scope } from '../src/accounts/account.ts';
import type { CallNotification } from '../src/voice/call-application.ts';
import type { PlaceCalls } from '../src/voice/call-control.ts';
import { CallControlService } from '../src/voice/call-control-service.ts';
import type { VoiceElement } from '../src/voice/document.ts';
import { OutboundCalls } from '../src/voice/outbound-calls.ts';
import { DEFAULT_INCREMENT } from '../src/voice/pricing.ts';
import { MemoryCallStore } from './memory-call-store.ts';
import { createVoiceRig, OWNER } from './voice-rig.ts';

const FROM = '14155550100';
export const CALLEE = '14155550123';

/** The rig with the API of calls: places them, paced and stored in memory, and controls those that are live. */
export function createCallControlRig() {
  const rig = createVoiceRig();
  rig.callerIds.add(FROM);
  const client = new pg.Client();
  const store = new MemoryCallStore(client);
  const told: CallNotification[] = [];
  const { clock, ids, live, services, environment } = rig;
  const outbound = new OutboundCalls({
    ...environment,
    ids,
    node: 'rig',
    store,
    live,
    legs: rig.legs,
    permissions: rig.permissions,
    rates: () => ({ perMinute: 8_500, ...DEFAULT_INCREMENT }),
    services,
    canPay: rig.credit.canPay,
    home: new Set(['phone.plivo.com']),
    account: async (authId) => (authId === OWNER ? rig.account.current : undefined),
  });
  const control = new CallControlService({
    live,
    outbound,
    services,
    ids,
    store,
    open: store,
    writeNotifications: async (_, notifications) => {
      told.push(...notifications);
      return () => undefined;
    },
  });

  const request = (more: Partial<PlaceCalls> = {}): PlaceCalls => ({
    from: FROM,
    to: [CALLEE],
    callerName: undefined,
    answer: { url: 'http://app.example/answer', method: 'POST' },
    ring: undefined,
    hangup: undefined,
    fallback: undefined,
    sendDigits: [undefined],
    sendOnPreanswer: [false],
    timeLimitS: [undefined],
    hangupOnRingS: [undefined],
    ringTimeoutS: undefined,
    machine: undefined,
    headers: {},
    parentCallId: undefined,
    errorIfParentNotFound: false,
    requesterIp: '192.0.2.10',
    idempotencyKey: undefined,
    ...more,
  });

  return {
    ...rig,
    outbound,
    control,
    store,
    told,
    request,
    get scope(): Scope {
      return scopeOf(rig.account.current);
    },
    place: (more: Partial<PlaceCalls> = {}) => control.place(scopeOf(rig.account.current), request(more)),
    /** Places a call that is answered and runs these elements. */
    async answered(elements: readonly VoiceElement[]) {
      rig.application.answers('http://app.example/answer', elements);
      const { requestIds } = await control.place(scopeOf(rig.account.current), request());
      await clock.advance(1);
      const leg = rig.dialled.at(-1)?.leg;
      const [callId = ''] = requestIds;
      const call = live.find(callId)?.call;
      if (!leg || !call) throw new Error('the call was not dialled');
      leg.answers();
      await clock.advance(1);
      return { callId, call, leg };
    },
  };
}

export const scopeOf = (account: Account): Scope => ({
  account,
  subaccount: null,
  authId: account.authId,
  byMainAccount: true,
});
