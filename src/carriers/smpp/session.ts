/**
 * The client side of one SMPP session as a table (SMPP 3.4 §2.2). Pure: `link.ts` performs the actions.
 *
 * | state      | event         | next       | actions                           |
 * |------------|---------------|------------|-----------------------------------|
 * | closed     | start         | connecting | dial                              |
 * | connecting | connected     | binding    | sendBind                          |
 * | connecting | lost          | closed     | settle, redial                    |
 * | connecting | timedOut      | closed     | drop, settle, redial              |
 * | connecting | stop          | closed     | drop, settle                      |
 * | binding    | bindAccepted  | bound      | announceUp                        |
 * | binding    | bindRefused   | closed     | drop, settle, redial              |
 * | binding    | lost          | closed     | settle, redial                    |
 * | binding    | timedOut      | closed     | drop, settle, redial              |
 * | binding    | reset         | closed     | drop, settle, redial              |
 * | binding    | peerUnbind    | closed     | hangUp, settle, redial |
 * | binding    | stop          | closed     | drop, settle                      |
 * | bound      | lost          | closed     | settle, redial                    |
 * | bound      | reset         | closed     | drop, settle, redial              |
 * | bound      | peerUnbind    | closed     | hangUp, settle, redial |
 * | bound      | stop          | unbinding  | sendUnbind                        |
 * | unbinding  | unbindAnswered| closed     | hangUp, settle                    |
 * | unbinding  | lost          | closed     | settle                            |
 * | unbinding  | timedOut      | closed     | drop, settle                      |
 * | unbinding  | reset         | closed     | drop, settle                      |
 * | unbinding  | peerUnbind    | closed     | hangUp, settle      |
 *
 * Any other event in a state leaves it as it is and does nothing.
 */
export type SessionState = 'closed' | 'connecting' | 'binding' | 'bound' | 'unbinding';

export type SessionEvent =
  | 'start'
  /** The TCP connection, and TLS where asked for, stands. */
  | 'connected'
  | 'bindAccepted'
  | 'bindRefused'
  /** The connection is gone, or never came about. */
  | 'lost'
  /** The state's own timer ran out: connect, bind response or unbind response. */
  | 'timedOut'
  /** Framing is lost, or the peer is silent or stalled: this connection is of no more use. */
  | 'reset'
  | 'peerUnbind'
  | 'unbindAnswered'
  | 'stop';

export type SessionAction =
  | 'dial'
  | 'sendBind'
  | 'announceUp'
  | 'sendUnbind'

  /** Close at once. */
  | 'drop'
  /** Close after what is written has gone out. */
  | 'hangUp'
  /** Give every outstanding submit its outcome. */
  | 'settle'
  /** Try again after the back-off. */
  | 'redial';

export interface SessionStep {
  readonly next: SessionState;
  readonly actions: readonly SessionAction[];
}

type SessionTable = Readonly<Record<SessionState, Readonly<Partial<Record<SessionEvent, SessionStep>>>>>;

const step = (next: SessionState, ...actions: SessionAction[]): SessionStep => ({ next, actions });

export const sessionTable: SessionTable = {
  closed: {
    start: step('connecting', 'dial'),
  },
  connecting: {
    connected: step('binding', 'sendBind'),
    lost: step('closed', 'settle', 'redial'),
    timedOut: step('closed', 'drop', 'settle', 'redial'),
    stop: step('closed', 'drop', 'settle'),
  },
  binding: {
    bindAccepted: step('bound', 'announceUp'),
    bindRefused: step('closed', 'drop', 'settle', 'redial'),
    lost: step('closed', 'settle', 'redial'),
    timedOut: step('closed', 'drop', 'settle', 'redial'),
    reset: step('closed', 'drop', 'settle', 'redial'),
    peerUnbind: step('closed', 'hangUp', 'settle', 'redial'),
    stop: step('closed', 'drop', 'settle'),
  },
  bound: {
    lost: step('closed', 'settle', 'redial'),
    reset: step('closed', 'drop', 'settle', 'redial'),
    peerUnbind: step('closed', 'hangUp', 'settle', 'redial'),
    stop: step('unbinding', 'sendUnbind'),
  },
  unbinding: {
    unbindAnswered: step('closed', 'hangUp', 'settle'),
    lost: step('closed', 'settle'),
    timedOut: step('closed', 'drop', 'settle'),
    reset: step('closed', 'drop', 'settle'),
    peerUnbind: step('closed', 'hangUp', 'settle'),
  },
};

const STAY: Readonly<Record<SessionState, SessionStep>> = {
  closed: step('closed'),
  connecting: step('connecting'),
  binding: step('binding'),
  bound: step('bound'),
  unbinding: step('unbinding'),
};

export function advanceSession(state: SessionState, event: SessionEvent): SessionStep {
  return sessionTable[state][event] ?? STAY[state];
}
