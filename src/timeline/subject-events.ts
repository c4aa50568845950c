/** One line of a timeline. `at` is ISO 8601 UTC with milliseconds. */
export interface TimelineEntry {
  readonly at: string;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Something that happened, as a row has it. */
export interface SubjectEvent {
  readonly at: Date;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Tables in which something about a message or a call ($1) stands, each as rows of (at, event, detail). */
export const SUBJECT_SOURCES: readonly string[] = [
  `select created_at as at, 'webhook' as event, jsonb_build_object('webhook_id', id, 'kind', kind, 'url', url, 'method', method,
     'content', content, 'result', result) as detail
   from webhooks where subject_id = $1`,
  `select a.started_at as at, 'webhook_attempt' as event, jsonb_build_object('webhook_id', a.webhook_id, 'attempt', a.attempt,
     'status', a.status, 'error', a.error, 'latency_ms', a.latency_ms, 'response', a.response, 'next_attempt_at', a.next_attempt_at) as detail
   from webhook_attempts a join webhooks w on w.id = a.webhook_id where w.subject_id = $1`,
  'select at, event, detail from timeline_notes where subject_id = $1',
];

/** In order of time, as they are shown. */
export function toEntries(events: readonly SubjectEvent[]): readonly TimelineEntry[] {
  return events
    .map(readContent)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((entry) => ({ at: entry.at.toISOString(), event: entry.event, detail: entry.detail }));
}

/** What a webhook said is kept as JSON text, because it may hold characters that no JSON type of the database takes. */
function readContent(event: SubjectEvent): SubjectEvent {
  const { content } = event.detail;
  return typeof content === 'string' ? { ...event, detail: { ...event.detail, content: JSON.parse(content) } } : event;
}
