import type { Static, TObject, TSchema } from 'typebox';
import type { Scope } from '../accounts/account.ts';
import type { Services } from './services.ts';

/** What a wire command gets: who asks, from where, and its validated parameters (path, query and body merged). */
export interface Call<Parameters> {
  readonly scope: Scope;
  readonly apiId: string;
  readonly requesterIp: string;
  readonly parameters: Parameters;
  /** As the requester named itself; empty for an asynchronous request. */
  readonly userAgent: string;
  /** Uploaded files; only for commands that declare `multipart`. */
  readonly files: readonly UploadedFile[];
  /** Wall-clock milliseconds of the request. */
  readonly now: number;
  /** Set where the same request may run twice (an asynchronous one after a crash): what it makes must then be the same. */
  readonly idempotencyKey: string | undefined;
}

export interface UploadedFile {
  readonly fieldName: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The file was cut off at the limit that the command sets. */
  readonly truncated: boolean;
}

export interface Reply {
  readonly status: number;
  /** Absent for 204. `api_id` is added by the envelope. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface MultipartLimits {
  readonly files: number;
  readonly fileBytes: number;
  /** A JSON body without files is taken as well. */
  readonly orJson?: true;
}

/** One request of the Plivo API: a method and a path below `/v1/Account/{auth_id}/`, declared once for routing, validation and OpenAPI. */
export interface Command<Schema extends TObject = TObject> {
  readonly name: string;
  readonly summary: string;
  readonly tag: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the account, without leading slash, with trailing slash, path parameters in braces: `Message/{message_uuid}/`. */
  readonly path: string;
  /** Also reachable under this complete path; without `{auth_id}` in it for the account of the credentials. */
  readonly aliases?: readonly string[];
  readonly parameters: Schema;
  readonly replies: Readonly<Record<number, TSchema>>;
  /** `main`: a subaccount's credentials are refused with 403. */
  readonly audience?: 'main';
  readonly multipart?: MultipartLimits;
  /** `callback_url` means something else here than an asynchronous request. */
  readonly ownsCallbackUrl?: boolean;
  /** A body that is a bare JSON array stands for this parameter. */
  readonly arrayBody?: string;
  /** On this host the path of another command is this one's: two hosts of the hosted service have the same path. */
  readonly standsIn?: { readonly for: string; readonly onHost: string };
  /** All that query and body hold stands for this parameter: their names are the requester's own. */
  readonly wholeBody?: string;
  /** Status of the immediate answer to an asynchronous request; 202 unless voice, where it is 200 (voice-api.md §3). */
  readonly asyncStatus?: 200;
  /** Requests to make calls are counted apart from all others (voice-api.md §2). */
  readonly rateBucket?: 'call';
  run(call: Call<Static<Schema>>, services: Services): Promise<Reply>;
}

/** A command whose parameters have been forgotten by the type system: what the server's table holds. */
export interface AnyCommand extends Omit<Command, 'run'> {
  readonly prepare: (raw: RawParameters) => (call: Omit<Call<unknown>, 'parameters'>, services: Services) => Promise<Reply>;
}

export type RawParameters = Readonly<Record<string, unknown>>;
