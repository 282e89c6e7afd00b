import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principals } from "../principals/principals.ts";

interface Answer {
  readonly status: number;
  readonly text: string;
}

const OK: Answer = { status: 200, text: "ok\n" };
const IN_EFFECT: Answer = { status: 200, text: "in effect\n" };
const NO_GRANT = "no such grant\n";
const ABOUT: Answer = {
  status: 404,
  text: "This is clauderon-proxy. Set it as the HTTP proxy of a program to use it\n",
};

/** Answers a request to the proxy as a server of its own. Never rejects. */
export async function answerOwn(
  principals: Principals,
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isRead = method === "GET" || method === "HEAD";
  const { status, text } = isRead ? await answerTo(principals, url, headers["proxy-authorization"]) : ABOUT;
  const length = Buffer.byteLength(text);
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "content-length": length }).end(text);
}

async function answerTo(principals: Principals, url: string, header: string | undefined): Promise<Answer> {
  if (url === "/health") return OK;
  if (url === "/ready") return principals.isReady ? OK : { status: 503, text: "The grants have not been read yet\n" };
  if (url === "/grant") {
    await principals.meet(header);
    return principals.authenticate(header).known ? IN_EFFECT : { status: 401, text: NO_GRANT };
  }
  const [, digest] = /^\/grants\/([0-9a-f]{64})$/.exec(url) ?? [];
  if (digest === undefined) return ABOUT;
  principals.reload();
  return principals.hasText(digest) ? IN_EFFECT : { status: 404, text: NO_GRANT };
}
