import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTls } from "../../kit/proxy/client.ts";
import { HOST, LARGE, SECRET, startTraffic, type Traffic } from "./trafficWorld.ts";

let traffic: Traffic;

beforeAll(async () => {
  traffic = await startTraffic();
});

afterAll(() => traffic?.stop());

async function request(headers: Readonly<Record<string, string>>, body?: string) {
  const tls = await openTls(traffic.world, HOST, traffic.user, { protocols: ["h2"] });
  expect(tls.alpnProtocol).toBe("h2");
  const session = connectHttp2(`https://${HOST}`, { createConnection: () => tls });
  session.on("error", () => undefined);
  const stream = session.request(headers);
  stream.end(body);
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received) => (trailers = received));
  const [head] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status"?: number }];
  const content = await text(stream);
  session.close();
  return { status: head[":status"], head, content, trailers };
}

describe("HTTP/2 through the proxy", () => {
  it("swaps the placeholder and passes bodies", async () => {
    const answer = await request({ ":path": "/echo", ":method": "POST", "x-key": traffic.placeholder }, "over two");
    expect(answer).toMatchObject({ status: 200, content: "over two" });
    expect(traffic.upstream.received.at(-1)?.headers).toMatchObject({ host: HOST, "x-key": SECRET });
  });

  it("passes trailers, and headers that come twice", async () => {
    expect(await request({ ":path": "/trailers" })).toMatchObject({ content: "body", trailers: { "x-sum": "42" } });
    expect((await request({ ":path": "/cookies" })).head["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  it.each([
    ["/empty", 204],
    ["/same", 304],
  ])("passes %s without a body", async (path, status) => {
    expect(await request({ ":path": path })).toMatchObject({ status, content: "" });
  });

  it("passes HEAD with the length of the response to GET", async () => {
    const { head } = await request({ ":path": "/large", ":method": "HEAD" });
    expect(head["content-length"]).toBe(String(LARGE));
  });

  it("breaks off when the server does, so that nobody takes half a body for a whole one", async () => {
    for (const headers of [{}, { "x-key": traffic.placeholder }])
      await expect(request({ ":path": "/cut-stream", ...headers })).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
  });

  it("carries many requests at once", async () => {
    const tls = await openTls(traffic.world, HOST, traffic.user, { protocols: ["h2"] });
    const session = connectHttp2(`https://${HOST}`, { createConnection: () => tls });
    const bodies = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const stream = session.request({ ":path": "/echo", ":method": "POST" });
        stream.end(String(index));
        return await text(stream);
      }),
    );
    expect(bodies).toEqual(bodies.map((_, index) => String(index)));
    session.close();
  });
});
