import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRunner } from "../runner/runnerProcess.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";

/** A proxy that has a grant from the moment that `grant` is called, and the credentials that it was asked with. */
async function startProxy() {
  let hasGrant = false;
  const asked: (string | undefined)[] = [];
  const server = http.createServer(({ url, headers }, response) => {
    asked.push(url === "/grant" ? headers["proxy-authorization"] : url);
    response.writeHead(hasGrant ? 200 : 401).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const environment = {
    CLAUDERON_PROXY: `http://127.0.0.1:${port}`,
    HTTPS_PROXY: `http://uid-1:word@127.0.0.1:${port}`,
    NODE_USE_ENV_PROXY: "1",
  };
  return { environment, port, asked, grant: () => (hasGrant = true) };
}

const OWN = `Basic ${Buffer.from("uid-1:word").toString("base64")}`;

describe("a runner behind a proxy", () => {
  it("starts a session's agent when the proxy has the grant, and says what it waits for", async () => {
    const { environment, port, asked, grant } = await startProxy();
    const session = new SessionProcess({ environment });
    await expect.poll(() => asked.length, POLL).toBeGreaterThan(2);
    expect(session.savedStatus).toMatchObject({
      state: "Starting",
      code: "PROXY_UNAVAILABLE",
      message: `Waiting for the proxy http://127.0.0.1:${port}: it does not know this pod yet`,
    });
    grant();
    await expect.poll(() => session.savedStatus.state, POLL).toBe("Running");
    expect(session.savedStatus.message).toBeUndefined();
    expect(new Set(asked)).toEqual(new Set([OWN]));
  });

  it("ends while it waits", async () => {
    const { environment, asked } = await startProxy();
    const session = new SessionProcess({ environment });
    await expect.poll(() => asked.length, POLL).toBeGreaterThan(1);
    session.signal("SIGTERM");
    await session.exited;
    expect(session.exitCode).toBe(0);
    expect(session.savedStatus.state).toBe("Exited");
  });

  it("starts a run's agent when the proxy has the grant", async () => {
    const { environment, asked, grant } = await startProxy();
    const run = await startRunner({ agent: "success", environment });
    await expect.poll(() => asked.length, POLL).toBeGreaterThan(2);
    expect(run.text()).toContain("it does not know this pod yet");
    expect(run.text()).not.toContain("scripted agent");
    grant();
    expect(await run.ended).toMatchObject({ exitCode: 0, summary: { outcome: "Succeeded" } });
  });

  it("starts no agent when it has no password for the proxy", async () => {
    const environment = { CLAUDERON_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "http://127.0.0.1:1" };
    const run = await (await startRunner({ agent: "success", environment })).ended;
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("CLAUDERON_PROXY is set, but HTTPS_PROXY has no user name and password");
  });
});
