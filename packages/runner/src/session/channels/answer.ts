import { Fault, messageOf } from "@clauderon/base";
import { MAX_TEXT, type ClientControl, type Refusal, refusalOf, type RunnerMessage } from "@clauderon/protocol";
import type { SessionHost } from "../sessionHost.ts";

type Request = Extract<ClientControl, { readonly id: number }>;

/**
 * Answers a client's request and reports its result. Never rejects: a bug is logged and reported, and the agent
 * continues.
 */
export async function answer(host: SessionHost, request: Request): Promise<RunnerMessage> {
  const { id } = request;
  try {
    return { type: "done", id, ...(await perform(host, request)) };
  } catch (thrown) {
    return { type: "error", id, ...errorOf(thrown, host.log) };
  }
}

/** A failure in the form in which it is sent; an unexpected one is logged too. */
export function errorOf(thrown: unknown, log: (message: string) => void): Refusal {
  if (thrown instanceof Fault) return refusalOf(thrown);
  log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown));
  return { code: "INTERNAL", message: `The runner itself failed: ${messageOf(thrown)}`.slice(0, MAX_TEXT) };
}

type Result = Pick<Extract<RunnerMessage, { readonly type: "done" }>, "commit" | "forwarding">;

async function perform(host: SessionHost, request: Request): Promise<Result> {
  if (request.type === "capture") return { commit: await host.workspace.capture() };
  if (request.type === "forward") return { forwarding: await host.workspace.forward(request.commit) };
  if (request.type === "start") host.start(request.prompt);
  else if (request.type === "end") await host.end();
  else if (request.type === "stop") host.stop();
  else if (request.type === "prompt") await host.typer.send(request.prompt);
  else if (request.type === "checkout") await host.workspace.checkout(request.commit, request.branch);
  return {};
}
