import { Fault, FAULTS, type Log, messageOf } from "@clauderon/base";
import type { ErrorBody } from "@clauderon/protocol";
import type { FastifyInstance } from "fastify";

/** Makes every answer that is not a success an `apiErrorSchema`, also for routes that do not exist. */
export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = apiError(error);
    if (status === 500)
      log.error("Request failed", { method: request.method, url: request.url, error: stackOf(error) });
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const { body } = apiError(new Fault("USAGE", `There is no ${request.method} ${request.url.slice(0, 200)}`));
    return reply.status(404).send(body);
  });
}

/** What the client sees of an error; of a bug it sees only that there was one. */
export function apiError(thrown: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (thrown instanceof Fault) {
    const { code, message, hint } = thrown;
    const error = hint === undefined ? { code, message } : { code, message, hint };
    return { status: FAULTS[code].http, body: { error } };
  }
  const { statusCode = 500, validation } = thrown as { statusCode?: number; validation?: unknown };
  if (validation !== undefined)
    return { status: 422, body: { error: { code: "SPEC_INVALID", message: messageOf(thrown) } } };
  if (statusCode < 500) return { status: statusCode, body: { error: { code: "USAGE", message: messageOf(thrown) } } };
  const hint = "See daemon.log in CLAUDERON_HOME";
  return { status: 500, body: { error: { code: "BUG", message: "The daemon failed unexpectedly", hint } } };
}

const stackOf = (thrown: unknown) => (thrown instanceof Error ? thrown.stack : messageOf(thrown));
