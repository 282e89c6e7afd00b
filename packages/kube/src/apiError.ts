import { parseJsonObject } from "@clauderon/base";

/** Why a request was refused, as in metav1.StatusDetails. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** metav1.Status, as far as it is read here. Everything may be missing: a gateway in front may answer instead. */
interface Status {
  readonly kind?: string;
  readonly status?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

/**
 * The API server refused a request, or ended a watch with an error. `reason` is the server's machine-readable word
 * (`NotFound`, `Conflict`, `Invalid`…), `Unknown` when the answer was no Status. `retryAfterMs` is set when the server
 * asked for a pause.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: StatusDetails;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, answer: Status, retryAfterMs?: number) {
    super(answer.message || `The API server answered ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.reason = answer.reason || "Unknown";
    this.details = answer.details ?? {};
    const seconds = answer.details?.retryAfterSeconds;
    this.retryAfterMs = retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1000);
  }

  /** Of an HTTP answer; `retryAfter` is that header, of which only the form in seconds is understood. */
  static ofResponse(status: number, body: string, retryAfter: unknown): ApiError {
    const pause = typeof retryAfter === "string" && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
    return new ApiError(status, parseStatus(body), pause);
  }

  /** Of the object in a watch's ERROR event. */
  static ofStatus(status: Status): ApiError {
    return new ApiError(status.code ?? 500, status);
  }
}

const MAX_MESSAGE = 1000;

function parseStatus(body: string): Status {
  const parsed = parseJsonObject(body);
  return parsed?.["kind"] === "Status" ? parsed : { message: body.trim().slice(0, MAX_MESSAGE) };
}

const hasStatus =
  (status: number) =>
  (thrown: unknown): thrown is ApiError =>
    thrown instanceof ApiError && thrown.status === status;

/** The credentials were not accepted. */
export const isUnauthorized = hasStatus(401);
/** The credentials were accepted; the action is not allowed to them. */
export const isForbidden = hasStatus(403);
/** There is no such object, or no such resource. */
export const isNotFound = hasStatus(404);
/** A resourceVersion or continue token is too old: list anew. */
export const isGone = hasStatus(410);
/** The object was refused by validation or admission, or a JSON patch's `test` failed. */
export const isInvalid = hasStatus(422);

/** `create` of a name that is taken. */
export function isAlreadyExists(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && thrown.reason === "AlreadyExists";
}

/** Somebody else wrote first, or owns a field that was applied, or a precondition of `delete` does not hold. */
export function isConflict(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && thrown.status === 409 && thrown.reason !== "AlreadyExists";
}
