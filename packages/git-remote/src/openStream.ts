import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { Fault } from "@clauderon/base/fault";
import { readRefusal, refusedFault, STREAM_PROTOCOL } from "@clauderon/protocol/wire";

/** How long the daemon may take to answer. */
const PATIENCE_MS = 20_000;

/** The longest answer of the daemon other than the stream. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * The frame stream of a session, from the daemon at `socket`. Throws a Fault when no daemon is running, or the daemon's
 * own Fault, such as SESSION_NOT_FOUND.
 */
export function openStream(socket: string, session: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asking = request({
      socketPath: socket,
      path: `/api/sessions/${session}/stream`,
      headers: { Connection: "Upgrade", Upgrade: STREAM_PROTOCOL },
      agent: false,
    });
    asking.setTimeout(PATIENCE_MS, () => asking.destroy(unanswered(socket)));
    asking.on("upgrade", (_, stream, head) => {
      asking.setTimeout(0);
      if (head.length > 0) stream.unshift(head);
      resolve(stream);
    });
    asking.on("response", (response) => void refusal(response, session).then(reject, reject));
    asking.on("error", (cause: NodeJS.ErrnoException) =>
      reject(cause instanceof Fault ? cause : unreachable(socket, cause)),
    );
    asking.end();
  });
}

async function refusal(response: IncomingMessage, session: string): Promise<Fault> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  const otherwise = `The daemon answered ${response.statusCode ?? 0} for session "${session}"`;
  const refusal = readRefusal(errorIn(text));
  return refusal === undefined ? new Fault("AGENT_UNAVAILABLE", otherwise) : refusedFault(refusal, "AGENT_UNAVAILABLE");
}

function errorIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}

const unanswered = (socket: string) =>
  new Fault("TIMEOUT", `The daemon on ${socket} did not answer within ${PATIENCE_MS / 1_000} s`, {
    hint: "It is stopped, or its machine is overloaded. Try again later",
  });

function unreachable(socket: string, cause: NodeJS.ErrnoException): Fault {
  const isAbsent = cause.code === "ENOENT" || cause.code === "ECONNREFUSED";
  const why = isAbsent ? "" : `: ${cause.message}`;
  return new Fault("DAEMON_UNAVAILABLE", `No daemon answers on ${socket}${why}`, {
    cause,
    hint: "Run clauderon list, which starts it, and try again; CLAUDERON_HOME selects the daemon",
  });
}
