import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { expect, it, onTestFinished } from "vitest";
import { UpstreamPools } from "./upstreamPools.ts";

/** A server on several addresses of the loopback, and a principal that sends requests to it. */
async function stage() {
  const seen = { connections: 0 };
  const server = http.createServer((_, response) => void response.end("ok"));
  server.on("connection", () => (seen.connections += 1)).listen(0, "0.0.0.0");
  await once(server, "listening");
  const pools = new UpstreamPools(createSecureContext());
  onTestFinished(() => {
    pools.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const idle = () => Object.values(pools.agentFor("web", "http").freeSockets).flat().length;
  const request = async (host: string) => {
    const sent = http.get({ host, port, agent: pools.agentFor("web", "http") });
    const [response] = (await once(sent, "response")) as [http.IncomingMessage];
    await once(response.resume(), "end");
  };
  const requests = async (host: string, count: number) => {
    await Promise.all(Array.from({ length: count }, () => request(host)));
  };
  return { seen, idle, requests };
}

it("requests in parallel use the connections of those before them", async () => {
  const { seen, idle, requests } = await stage();
  for (let round = 0; round < 4; round += 1) {
    await requests("127.0.0.1", 48);
    await expect.poll(idle).toBeGreaterThan(8);
  }
  // Each round would open most of its own otherwise. One round may, if the machine stood still for as long as they are kept.
  expect(seen.connections).toBeLessThan(3 * 48);
});

it("keeps at most 256 idle connections of a principal, the latest hosts' first", async () => {
  const { seen, idle, requests } = await stage();
  for (let host = 1; host <= 6; host += 1) await requests(`127.0.0.${host}`, 64);
  await expect.poll(idle).toBeLessThanOrEqual(256);
  const before = seen.connections;
  await requests("127.0.0.6", 32);
  expect(seen.connections - before).toBeLessThan(20);
});
