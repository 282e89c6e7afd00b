import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, openTls, openTunnel } from "../../kit/proxy/client.ts";
import { AttackWorld, type Attempt, get, HOST, OWN, SECRET } from "./attackWorld.ts";

let attack: AttackWorld;

beforeAll(async () => {
  attack = await AttackWorld.start();
});

afterAll(() => attack?.stop());

/** Invalid HTTP, requests that take too long, and servers that are not what they claim to be. */
const ATTEMPTS: readonly Attempt[] = [
  {
    attempt: "a length beside chunks",
    run: () =>
      attack.inTunnel(`POST / HTTP/1.1\r\n${OWN}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "two lengths",
    run: () => attack.inTunnel(`POST / HTTP/1.1\r\n${OWN}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "a coding beside chunked",
    run: () =>
      attack.inTunnel(
        `POST / HTTP/1.1\r\n${OWN}Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
      ),
    status: 400,
    reason: "MalformedHeaders",
  },
  {
    attempt: "a bare line feed",
    run: () => attack.inTunnel(`GET / HTTP/1.1\n${OWN}\n`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "a bare line feed between headers",
    run: () => attack.inTunnel(`GET / HTTP/1.1\r\n${OWN}X-A: 1\nX-B: 2\r\n\r\n`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "a space before the colon",
    run: () => attack.inTunnel(`POST / HTTP/1.1\r\n${OWN}Content-Length : 4\r\n\r\nabcd`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "a folded header",
    run: () => attack.inTunnel(`GET / HTTP/1.1\r\n${OWN}X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n`),
    status: 400,
    reason: "MalformedRequest",
  },
  {
    attempt: "oversized headers",
    run: () => attack.inTunnel(get(`${OWN}X-Long: ${"a".repeat(70_000)}\r\n`)),
    status: 431,
    reason: "HeadersTooLarge",
  },
  {
    attempt: "headers that never end",
    run: () => attack.inTunnel(`GET / HTTP/1.1\r\n${OWN}X-A: 1\r\n`),
    status: 408,
    reason: "HeadersStalled",
  },
  {
    attempt: "a certificate for another name",
    run: () => attack.getFrom("wrong-name.example.com"),
    status: 502,
    reason: "UpstreamCertificateInvalid",
  },
  {
    attempt: "an expired certificate",
    run: () => attack.getFrom("expired.example.com"),
    status: 502,
    reason: "UpstreamCertificateInvalid",
  },
  {
    attempt: "a certificate of an unknown authority",
    run: () => attack.getFrom("self-signed.example.com"),
    status: 502,
    reason: "UpstreamCertificateInvalid",
  },
];

describe("each attempt is refused, audited, and reaches no server", () => {
  it.each(ATTEMPTS)("$attempt: $status $reason", async (attempt) => {
    const { status, reason } = attempt;
    const { answer, audit } = await attack.try(attempt);
    expect(answer).toMatchObject({ status, reason });
    await expect.poll(audit).toContainEqual(expect.objectContaining({ status, reason }));
    expect(answer.text).not.toContain(SECRET);
    expect(attack.reached()).toBe(0);
  });

  it("a body that stops is answered, and its server never gets the whole request", async () => {
    const answer = await attack.inTunnel(`POST / HTTP/1.1\r\n${OWN}Content-Length: 10\r\n\r\nabc`);
    expect(answer).toMatchObject({ status: 408, reason: "BodyStalled" });
    await expect.poll(() => attack.world.audit().at(-1)).toMatchObject({ status: 408, reason: "BodyStalled", sent: 3 });
  });
});

describe("what has no HTTP answer", () => {
  it("plain HTTP or any other protocol inside a tunnel is cut", async () => {
    const { socket } = await openTunnel(attack.world, `${HOST}:443`, attack.user);
    expect(await exchange(socket, get(OWN))).toMatchObject({ status: 0, text: "" });
    await expect.poll(() => attack.world.audit().at(-1)).toMatchObject({ status: 0, reason: "NotTls" });
  });

  it("a TLS handshake that breaks off is cut, and the proxy lives", async () => {
    const { socket } = await openTunnel(attack.world, `${HOST}:443`, attack.user);
    const tls = connectTls({ socket, servername: HOST, ca: [] });
    await expect(once(tls, "secureConnect")).rejects.toThrow("unable to verify");
    await expect.poll(() => attack.world.audit().at(-1)).toMatchObject({ reason: "TlsFailed" });
    expect(await attack.inTunnel(get(OWN))).toMatchObject({ status: 200 });
  });

  it("a client that says nothing in its tunnel is cut", async () => {
    const { socket } = await openTunnel(attack.world, `${HOST}:443`, attack.user);
    await once(socket.resume(), "close");
    await expect.poll(() => attack.world.audit().at(-1)).toMatchObject({ reason: "TlsFailed" });
  });

  it.each([
    ["before TLS", (host: string) => openTunnel(attack.world, `${host}:443`, attack.user).then(({ socket }) => socket)],
    ["right after the handshake", (host: string) => openTls(attack.world, host, attack.user)],
  ])("a client that leaves %s holds no connection", async (_, open) => {
    for (let count = 0; count < 60; count++) (await open(HOST)).destroy();
    expect(await attack.inTunnel(get(OWN))).toMatchObject({ status: 200 });
  });

  it("garbage on the port is answered and cut", async () => {
    expect(await attack.toPort("\x16\x03\x01 garbage\r\n\r\n")).toMatchObject({
      status: 400,
      reason: "MalformedRequest",
    });
  });
});

it("one principal's connections are limited, and others are not in the way", async () => {
  const open = () => openTunnel(attack.world, `${HOST}:443`, attack.other);
  const tunnels = await Promise.all(Array.from({ length: 45 }, open));
  expect(new Set(tunnels.map(({ answer }) => answer.status))).toEqual(new Set([200, 429]));
  expect(await attack.inTunnel(get(OWN))).toMatchObject({ status: 200 });
  for (const { socket } of tunnels) socket.destroy();
});
