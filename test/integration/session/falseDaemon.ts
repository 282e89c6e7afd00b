import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import type { SessionUser } from "./sessionUser.ts";

/** What a daemon of this version answers to `GET /health`. */
export const HEALTH = { status: "ok", apiVersion: 1, version: "0.1.0", pid: 1, features: [] };

/** Listens where the user's daemon would, and does what no real one can be made to do at the right moment. */
export async function listenAsDaemon(user: SessionUser, answer: RequestListener): Promise<void> {
  mkdirSync(user.clauderonHome, { mode: 0o700 });
  const server = createServer(answer).listen(`${user.clauderonHome}/daemon.sock`);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
}
