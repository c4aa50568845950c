/** Entry of the thread that encodes and writes recordings. */

import { parentPort } from 'node:worker_threads';
import type { RecorderCommand, RecorderEvent } from './protocol.ts';
import { RecordingFile } from './recording-file.ts';

/** How often the rings are emptied: far less than the 5 s they hold, and seldom enough that writes are a few KB. */
const DRAIN_INTERVAL_MS = 200;

const port = parentPort;
const files = new Map<number, RecordingFile>();
let timer: NodeJS.Timeout | undefined;

function tell(event: RecorderEvent): void {
  port?.postMessage(event);
}

/** Works on one file; a fault ends that recording alone and removes its file. */
async function work(recording: number, file: RecordingFile, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (files.get(recording) !== file) return;
    files.delete(recording);
    await file.remove();
    tell({ is: 'failed', recording, durationMs: file.durationMs, error: error instanceof Error ? error.message : String(error) });
  }
}

function drain(): void {
  for (const [recording, file] of files) {
    // A file whose last write is still under way is left alone: its ring holds what comes meanwhile.
    if (!file.busy) void work(recording, file, () => file.drain());
  }
  if (files.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

function obey(command: RecorderCommand): void {
  if (command.do === 'start') {
    const file = new RecordingFile(command);
    files.set(command.recording, file);
    void work(command.recording, file, () => file.open());
    timer ??= setInterval(drain, DRAIN_INTERVAL_MS);
    return;
  }
  const { recording } = command;
  const file = files.get(recording);
  if (!file) return;
  void work(recording, file, async () => {
    await file.finish();
    files.delete(recording);
    tell({ is: 'finished', recording, durationMs: file.durationMs, bytes: file.bytes });
  });
}

port?.on('message', obey);
