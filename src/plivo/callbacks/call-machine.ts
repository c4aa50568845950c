import type { CallFacts } from '../../voice/call-facts.ts';
import { type CallParams, callParams } from './call-params.ts';

/** `machine_detection_url`: a machine has answered (voice-xml.md §11), and whether the call goes on. */
export function callMachineParams(call: CallFacts, ifMachine: 'continue' | 'hangup'): CallParams {
  return { ...callParams(call, 'MachineDetection', 'in-progress'), Machine: 'true', IfMachine: ifMachine };
}
