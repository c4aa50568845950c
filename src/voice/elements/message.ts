import { elementRunner, NEXT } from '../element-context.ts';

/** Sends a text message in the background (voice-xml.md §6.12). */
export const message = elementRunner('Message', true, async (element, { call, services }) => {
  void services.sendMessage(call, element).then(
    (notes) => call.note('message_sent', { notes }),
    (error: unknown) => call.note('message_failed', { reason: error instanceof Error ? error.message : String(error) }),
  );
  return NEXT;
});
