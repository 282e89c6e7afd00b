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

/** metav1.Status with the fields that are read here. All may be missing: a gateway in front may answer instead. */
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
 * (`NotFound`, `Conflict`, `Invalid`…), `Unknown` when the answer was not a Status. `retryAfterMs` is set when the
 * server asked for a pause.
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

  /** The error for an HTTP answer; of the header `retryAfter` only the form in seconds is understood. */
  static ofResponse(status: number, body: string, retryAfter: unknown): ApiError {
    const pause = typeof retryAfter === "string" && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
    return new ApiError(status, parseStatus(body), pause);
  }

  /** The error for the object in a watch's ERROR event. */
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
/** The credentials were accepted, but do not allow the action. */
export const isForbidden = hasStatus(403);
/** The object, or the resource, does not exist. */
export const isNotFound = hasStatus(404);
/** A resourceVersion or continue token is too old: list again. */
export const isGone = hasStatus(410);
/** The object was refused by validation or admission, or a JSON patch's `test` failed. */
export const isInvalid = hasStatus(422);

/** `create` used a name that is taken. */
export function isAlreadyExists(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && thrown.reason === "AlreadyExists";
}

/** Somebody else wrote first, or owns an applied field, or a precondition of `delete` does not hold. */
export function isConflict(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && thrown.status === 409 && thrown.reason !== "AlreadyExists";
}
