import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startRunner } from "../runner/runnerProcess.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";

const AT_ONCE = { CLAUDERON_BOUNDARY_SECONDS: "0" };

/** A proxy with the grant; `opens` says to which hosts it opens tunnels, and for whom. */
async function startProxy(opens: (host: string, isKnown: boolean) => boolean = () => false) {
  const server = http.createServer((_request, response) => response.end());
  server.on("connect", (request: http.IncomingMessage, socket: net.Socket) => {
    const isOpen = opens(request.url ?? "", request.headers["proxy-authorization"] !== undefined);
    socket.end(`HTTP/1.1 ${isOpen ? "200 OK" : "403 Forbidden"}\r\n\r\n`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { CLAUDERON_PROXY: `http://127.0.0.1:${port}`, HTTPS_PROXY: `http://uid-1:word@127.0.0.1:${port}` };
}

async function listenTcp(address = "127.0.0.1"): Promise<number> {
  const server = net.createServer((socket) => socket.end()).listen(0, address);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A port of the loopback where nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

it("a session's agent starts when nothing leads around the proxy, and its status says so", async () => {
  const environment = { ...(await startProxy()), CLAUDERON_BOUNDARY_PROBES: `127.0.0.1:${await closedPort()}` };
  const session = new SessionProcess({ environment });
  await expect.poll(() => session.savedStatus.state, POLL).toBe("Running");
  expect(session.savedStatus.boundaryVerified).toBe(true);
});

it("a session's agent is not started when the network leads around the proxy", async () => {
  const port = await listenTcp();
  const environment = { ...(await startProxy()), ...AT_ONCE, CLAUDERON_BOUNDARY_PROBES: `127.0.0.1:${port}` };
  const session = new SessionProcess({ environment });
  await expect.poll(() => session.savedStatus.state, POLL).toBe("Exited");
  expect(session.savedStatus).toMatchObject({
    activity: "Failed",
    code: "BOUNDARY_LEAKS",
    message: `The boundary leaks: the pod reaches the network at 127.0.0.1:${port}`,
  });
  expect(session.savedStatus.boundaryVerified).toBeUndefined();
});

it("a session's agent starts as soon as a network policy takes effect", async () => {
  const server = net.createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const patience = { CLAUDERON_BOUNDARY_SECONDS: "600" };
  const environment = { ...(await startProxy()), ...patience, CLAUDERON_BOUNDARY_PROBES: `127.0.0.1:${port}` };
  const session = new SessionProcess({ environment });
  await expect.poll(() => session.savedStatus.message, POLL).toContain("Waiting until a network policy holds the pod");
  server.close();
  await expect.poll(() => session.savedStatus.state, POLL).toBe("Running");
  expect(session.savedStatus).toMatchObject({ boundaryVerified: true });
});

it("a run names every way that is open: API server, DNS, the proxy without a password, hosts that are not listed", async () => {
  // Addresses of the loopback that nobody else uses.
  const range = `127.${randomInt(64, 250)}.${randomInt(1, 250)}`;
  const api = await listenTcp(`${range}.1`);
  const dns = createSocket("udp4").bind(53, `${range}.10`);
  await once(dns, "listening");
  onTestFinished(() => void dns.close());
  dns.on("message", (question, { port, address }) => dns.send(question, port, address));
  const environment = {
    ...(await startProxy(() => true)),
    ...AT_ONCE,
    CLAUDERON_BOUNDARY_PROBES: `127.0.0.1:${await closedPort()}`,
    KUBERNETES_SERVICE_HOST: `${range}.1`,
    KUBERNETES_SERVICE_PORT: String(api),
  };
  const run = await (await startRunner({ agent: "success", environment })).ended;
  expect(run.summary).toMatchObject({ outcome: "Failed", reason: "BoundaryLeaks" });
  for (const way of [
    `the API server at ${range}.1:${api}`,
    `DNS at ${range}.10:53 by UDP`,
    "the proxy without a password",
    "a host that is not listed (boundary-check.invalid), by the proxy",
  ])
    expect(run.summary?.message).toContain(way);
  expect(run.lines.join("\n")).not.toContain("scripted agent");
});

it("a run behind a proxy that holds reports it in its summary", async () => {
  const environment = { ...(await startProxy()), CLAUDERON_BOUNDARY_PROBES: `127.0.0.1:${await closedPort()}` };
  const run = await (await startRunner({ agent: "success", environment })).ended;
  expect(run.summary).toMatchObject({ outcome: "Succeeded", boundaryVerified: true });
});
