/** TCP and TLS handshake. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** From our bind to its answer (session_init_timer of SMPP 3.4 §7.2). */
export const BIND_TIMEOUT_MS = 10_000;
/** An SMSC that does not answer unbind is left without ceremony. */
export const UNBIND_TIMEOUT_MS = 2000;
/** A connection that held this long was a good one: the next redial starts from the shortest wait. */
export const STABLE_MS = 5000;
/** This many submits in a row without an answer (or a whole smaller window): the SMSC has stalled and the link is made anew. */
export const STALL_AFTER = 10;
/** Faulty PDUs of one connection that are logged each; of more only every so many. */
export const COMPLAINTS_IN_FULL = 20;
export const COMPLAINTS_BETWEEN = 1000;
