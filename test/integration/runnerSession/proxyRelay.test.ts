import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { relayToProxy } from "../../../packages/runner/src/session/channels/proxyRelay.ts";

/** More than all buffers on the way hold. */
const LARGE = 32 * 1_048_576;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

it("the relay carries both directions whole with half-close, closes connections while there is no proxy, and needs no restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "relay-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [socket, port] = [join(folder, "proxy.sock"), await freePort()];
  const end = await relayToProxy({ socket, port });
  onTestFinished(end);
  const connect = () => net.connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  expect(await buffer(connect().on("error", () => undefined)).catch(() => "broken")).toSatisfy(
    (said) => said === "broken" || (said as Buffer).length === 0,
  );
  // Answers only when the client has sent all.
  const proxy = net.createServer({ allowHalfOpen: true }, (client) => {
    void buffer(client).then((bytes) => client.end(bytes));
  });
  proxy.listen(socket);
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const sent = Buffer.alloc(LARGE, "abcdefg");
  const client = connect();
  client.end(sent);
  expect((await buffer(client)).equals(sent)).toBe(true);
});
