import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync, renameSync, chmodSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Fault, Secret } from "@clauderon/base";

/** The token of the loopback port, in a file that only the user can read; creates it when it is missing. */
export function readToken(path: string): Secret {
  try {
    const token = readFileSync(path, "utf8").trim();
    chmodSync(path, 0o600);
    if (token.length >= 32) return new Secret(token);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
  const token = randomBytes(32).toString("base64url");
  writeFileSync(`${path}.new`, `${token}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return new Secret(token);
}

/**
 * Refuses a request on the loopback port with ACCESS_DENIED unless it carries the token, names this machine as its host
 * (a page whose DNS name was pointed here does not), and comes from no web page but our own.
 */
export function checkAccess(request: Pick<IncomingMessage, "headers">, token: Secret, port: number): void {
  const { host, origin, authorization } = request.headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !hosts.includes(host)) throw denied(`Host must be ${hosts[0]}`);
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
    throw denied("Requests from web pages of another origin are refused");
  }
  const [, given = ""] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? "") ?? [];
  if (!isSame(given, token.reveal())) throw denied("The token is missing or wrong");
}

/** Compares hashes: they have the same length, and the time of a comparison reveals nothing. */
function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

const denied = (message: string) =>
  new Fault("ACCESS_DENIED", message, {
    hint: "Send Authorization: Bearer with what daemon.token in CLAUDERON_HOME holds",
  });
