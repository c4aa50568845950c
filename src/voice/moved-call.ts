import type { Call } from './call.ts';
import type { CallFlow, FlowStart } from './call-flow.ts';
import type { LiveCall, LiveCalls } from './live-calls.ts';

/**
 * Lets a live call leave what it does and begin anew. A leg of a Dial leaves that and gets a flow of its own. False when it is neither
 * in a flow nor connected by a Dial.
 */
export function moveCall(live: LiveCall, calls: LiveCalls, start: FlowStart, newFlow: (call: Call) => CallFlow): boolean {
  if (live.flow) {
    live.flow.goOnWith(start);
    return true;
  }
  const parent = calls.dialledBy(live.call);
  if (!parent?.flow?.dial?.release()) return false;
  live.flow = newFlow(live.call);
  void live.flow.run(start);
  return true;
}
