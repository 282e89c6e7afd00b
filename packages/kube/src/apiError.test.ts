import { describe, expect, it } from "vitest";
import { ApiError, isConflict, isForbidden, isGone, isNotFound } from "./apiError.ts";

const of = (code: number, reason: string) => new ApiError(code, { reason });

const status = (fields: object) => JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", ...fields });

describe("ApiError", () => {
  it("carries the server's own reason, message and details", () => {
    const details = {
      name: "web",
      kind: "pods",
      causes: [{ field: "spec", message: "bad", reason: "FieldValueInvalid" }],
    };
    const error = ApiError.ofResponse(422, status({ reason: "Invalid", message: "spec: bad", details }), undefined);
    expect(error).toMatchObject({ status: 422, reason: "Invalid", message: "spec: bad", details });
    expect(error.retryAfterMs).toBeUndefined();
  });

  it("reads the pause from the header, or else from the details", () => {
    const body = status({ reason: "TooManyRequests", details: { retryAfterSeconds: 7 } });
    expect(ApiError.ofResponse(429, body, "2").retryAfterMs).toBe(2000);
    expect(ApiError.ofResponse(429, body, undefined).retryAfterMs).toBe(7000);
    expect(ApiError.ofResponse(429, body, "Wed, 21 Oct 2026 07:28:00 GMT").retryAfterMs).toBe(7000);
  });

  it.each(["<html>Bad gateway</html>", '{"kind":"Pod"}', "null", ""])(
    "understands the answer %j, which is not a Status",
    (body) => {
      const error = ApiError.ofResponse(502, body, undefined);
      expect(error).toMatchObject({ status: 502, reason: "Unknown", details: {} });
      expect(error.message).toBe(body === "" ? "The API server answered 502" : body);
    },
  );

  it("keeps only the beginning of a page of markup in the message", () => {
    expect(ApiError.ofResponse(502, "x".repeat(100_000), undefined).message).toHaveLength(1000);
  });

  it("is classified by the predicates", () => {
    expect(
      [of(404, "NotFound"), of(403, "Forbidden"), of(410, "Expired"), of(409, "Conflict")].map((error) =>
        [isNotFound, isForbidden, isGone, isConflict].map((predicate) => predicate(error)),
      ),
    ).toEqual([
      [true, false, false, false],
      [false, true, false, false],
      [false, false, true, false],
      [false, false, false, true],
    ]);
    expect(isConflict(of(409, "AlreadyExists"))).toBe(false);
    expect(isNotFound(new Error("404"))).toBe(false);
  });
});
