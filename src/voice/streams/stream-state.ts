/** Where a stream stands. `stopped` and `dropped` are final. */
export type StreamState = 'connecting' | 'streaming' | 'stopped' | 'dropped';

/**
 * What happens to a stream: the socket stands; no attempt to connect was left; somebody here ended it (API, time, end of the call);
 * the application closed the socket in order; the socket was lost; the application does not read fast enough.
 */
export type StreamEvent = 'connected' | 'unreachable' | 'stop' | 'closed' | 'lost' | 'overflow';

/** audio-streaming.md §8. What is not in the table changes nothing. */
const table: Readonly<Record<StreamState, Readonly<Partial<Record<StreamEvent, StreamState>>>>> = {
  connecting: { connected: 'streaming', unreachable: 'dropped', stop: 'stopped' },
  streaming: { stop: 'stopped', closed: 'stopped', lost: 'dropped', overflow: 'dropped' },
  stopped: {},
  dropped: {},
};

export const nextStreamState = (state: StreamState, event: StreamEvent): StreamState => table[state][event] ?? state;

export const isOver = (state: StreamState): boolean => state === 'stopped' || state === 'dropped';
