import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DaemonClient } from "./daemonClient.ts";

/** A client with little patience, and what listens where its daemon would. */
async function stage(answer: RequestListener): Promise<DaemonClient> {
  const folder = mkdtempSync(join(tmpdir(), "client-"));
  const server = createServer(answer).listen(join(folder, "daemon.sock"));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  await once(server, "listening");
  return new DaemonClient(join(folder, "daemon.sock"), 300);
}

const deaf: RequestListener = () => undefined;

const UNANSWERED = {
  code: "TIMEOUT",
  message: expect.stringMatching(/^The daemon on .*daemon\.sock did not answer within 0\.3 s$/) as unknown,
  hint: expect.stringContaining("kill -9") as unknown,
};

describe("a daemon that takes connections and gives no sign of life", () => {
  it.each<readonly [string, (client: DaemonClient) => Promise<unknown>]>([
    ["health", (client) => client.health()],
    ["list", (client) => client.list()],
    ["delete", (client) => client.delete("web", {})],
    ["the stream", (client) => client.stream("web")],
    ["events", (client) => client.events().next()],
  ])("is given up: %s", async (_, ask) => {
    await expect(ask(await stage(deaf))).rejects.toMatchObject(UNANSWERED);
  });
});

it("a request may take as long as the daemon gives signs of life", async () => {
  let asked = 0;
  const answers: (() => void)[] = [];
  const client = await stage((request, response) => {
    const isHealth = request.url === "/health";
    if (isHealth) asked += 1;
    if (isHealth) response.end("{}");
    else answers.push(() => response.end('{"name":"web"}'));
  });
  const deleted = client.delete("web", {});
  await expect.poll(() => asked).toBeGreaterThan(2);
  answers[0]?.();
  expect(await deleted).toEqual({ name: "web" });
});
