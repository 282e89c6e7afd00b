import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic } from "../../kit/proxy/client.ts";
import { ALSO_LISTED, ATTACKER, AttackWorld, type Attempt, get, HOST, OWN, SECRET } from "./attackWorld.ts";

let attack: AttackWorld;

beforeAll(async () => {
  attack = await AttackWorld.start();
});

afterAll(() => attack?.stop());

/** What an agent tries to reach more than its grant says, or to carry a credential elsewhere. */
const ATTEMPTS: readonly Attempt[] = [
  {
    attempt: "no proxy credentials",
    run: () => attack.connect(`${HOST}:443`, "nobody"),
    status: 407,
    reason: "CredentialsMissing",
  },
  {
    attempt: "a wrong proxy password",
    run: () => attack.connect(`${HOST}:443`, { principal: "web", token: attack.other.token }),
    status: 407,
    reason: "CredentialsInvalid",
  },
  {
    attempt: "an unknown principal",
    run: () => attack.connect(`${HOST}:443`, { principal: "nobody", token: attack.user.token }),
    status: 407,
    reason: "CredentialsInvalid",
  },
  {
    attempt: "a call before the grant exists",
    run: () => attack.connect(`${HOST}:443`, { principal: "soon", token: "t" }),
    status: 407,
    reason: "CredentialsInvalid",
  },
  {
    attempt: "a host that is not listed",
    run: () => attack.connect(`${ATTACKER}:443`),
    status: 403,
    reason: "HostNotListed",
  },
  {
    attempt: "a redirect's target",
    run: () => attack.connect(`${ATTACKER}:443`),
    status: 403,
    reason: "HostNotListed",
  },
  { attempt: "DNS over HTTPS", run: () => attack.connect("dns.google:443"), status: 403, reason: "HostNotListed" },
  { attempt: "SSH to a listed host", run: () => attack.connect(`${HOST}:22`), status: 403, reason: "PortNotListed" },
  { attempt: "an IPv4 address", run: () => attack.connect("127.0.0.1:443"), status: 403, reason: "IpLiteral" },
  {
    attempt: "an IPv4 address as one number",
    run: () => attack.connect("2130706433:443"),
    status: 403,
    reason: "IpLiteral",
  },
  { attempt: "an IPv6 address", run: () => attack.connect("[::1]:443"), status: 403, reason: "IpLiteral" },
  {
    attempt: "the metadata address",
    run: () => attack.connect("169.254.169.254:80"),
    status: 403,
    reason: "IpLiteral",
  },
  { attempt: "the kubelet by address", run: () => attack.connect("10.0.0.1:10250"), status: 403, reason: "IpLiteral" },
  {
    attempt: "a listed name that leads to a private address",
    run: () => attack.getFrom("inward.example.com"),
    status: 403,
    reason: "AddressNotPublic",
  },
  {
    attempt: "a listed name that leads to the metadata address, even when configuration allows it",
    run: () => attack.getFrom("metadata.example.com"),
    status: 403,
    reason: "AddressNotPublic",
  },
  { attempt: "CONNECT without a port", run: () => attack.connect(HOST), status: 400, reason: "MalformedAuthority" },
  {
    attempt: "CONNECT with user information",
    run: () => attack.connect(`${HOST}@${ATTACKER}:443`),
    status: 400,
    reason: "MalformedAuthority",
  },
  {
    attempt: "another server name in TLS",
    run: () => attack.inTunnel(get(OWN), ALSO_LISTED),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "no server name in TLS",
    run: () => attack.inTunnel(get(OWN), ""),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "another Host in the tunnel",
    run: () => attack.inTunnel(get(`Host: ${ALSO_LISTED}\r\n`)),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "an absolute URL of another host in the tunnel",
    run: () => attack.inTunnel(get(OWN, `https://${ALSO_LISTED}/`)),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "two Hosts",
    run: () => attack.inTunnel(get(`${OWN}Host: ${ALSO_LISTED}\r\n`)),
    status: 400,
    reason: "MalformedHeaders",
  },
  {
    attempt: "another :authority over HTTP/2",
    run: () => attack.overHttp2({ ":path": "/", ":authority": ALSO_LISTED }),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "another Host beside :authority over HTTP/2",
    run: () => attack.overHttp2({ ":path": "/", ":authority": HOST, host: ALSO_LISTED }),
    status: 421,
    reason: "AuthorityMismatch",
  },
  {
    attempt: "CONNECT inside CONNECT",
    run: () => attack.inTunnel(`CONNECT ${HOST}:443 HTTP/1.1\r\n${OWN}\r\n`),
    status: 403,
    reason: "MethodRefused",
  },
  {
    attempt: "CONNECT inside CONNECT over HTTP/2",
    run: () => attack.overHttp2({ ":method": "CONNECT", ":authority": `${HOST}:443` }),
    status: 403,
    reason: "MethodRefused",
  },
  {
    attempt: "TRACE",
    run: () => attack.inTunnel(`TRACE / HTTP/1.1\r\n${OWN}Connection: close\r\n\r\n`),
    status: 403,
    reason: "MethodRefused",
  },
  {
    attempt: "a method that is not listed",
    run: () => attack.toPath("POST", "/ok"),
    status: 403,
    reason: "MethodNotListed",
  },
  {
    attempt: "a path that is not listed",
    run: () => attack.toPath("GET", "/other"),
    status: 403,
    reason: "PathNotListed",
  },
  {
    attempt: "a path that only looks listed",
    run: () => attack.toPath("GET", "/ok/..%2fother"),
    status: 403,
    reason: "PathNotListed",
  },
  {
    attempt: "plain HTTP to an https host",
    run: () => attack.toPort(get(`Host: ${HOST}\r\nProxy-Authorization: ${basic(attack.user)}\r\n`, `http://${HOST}/`)),
    status: 403,
    reason: "PortNotListed",
  },
  {
    attempt: "a placeholder over plain HTTP",
    run: () =>
      attack.toPort(
        get(
          `Host: plain.example.com\r\nX-Key: ${attack.placeholder}\r\nProxy-Authorization: ${basic(attack.user)}\r\n`,
          "http://plain.example.com/",
        ),
      ),
    status: 403,
    reason: "PlaceholderMisplaced",
  },
  {
    attempt: "a placeholder to another host",
    run: () => attack.getFrom(ALSO_LISTED, `X-Key: ${attack.placeholder}\r\n`),
    status: 403,
    reason: "PlaceholderMisplaced",
  },
  {
    attempt: "a placeholder in a different header",
    run: () => attack.inTunnel(get(`${OWN}X-Other: ${attack.placeholder}\r\n`)),
    status: 403,
    reason: "PlaceholderMisplaced",
  },
  {
    attempt: "a placeholder in the query",
    run: () => attack.inTunnel(get(OWN, `/?key=${attack.placeholder}`)),
    status: 403,
    reason: "PlaceholderMisplaced",
  },
  {
    attempt: "another session's placeholder",
    run: () => attack.inTunnel(get(`${OWN}X-Key: ${attack.foreignPlaceholder}\r\n`)),
    status: 403,
    reason: "PlaceholderForeign",
  },
  {
    attempt: "a credential of the agent's own",
    run: () => attack.inTunnel(get(`${OWN}X-Key: brought-along\r\n`)),
    status: 403,
    reason: "CredentialForeign",
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
});

it("the audit names what was refused: the host and port of a tunnel, and the path of a request without its query", async () => {
  const before = attack.world.audit().length;
  await attack.connect("EVIL.example.com:443");
  await attack.connect("no authority\u001b");
  await attack.inTunnel(get(OWN, `/private?key=${attack.placeholder}`));
  const refused = () => attack.world.audit().slice(before);
  await expect.poll(refused).toContainEqual(expect.objectContaining({ reason: "PlaceholderMisplaced" }));
  const port = 443;
  expect(refused()).toContainEqual(
    expect.objectContaining({ reason: "HostNotListed", host: "evil.example.com", port }),
  );
  expect(refused()).toContainEqual(expect.objectContaining({ host: HOST, port, path: "/private", status: 403 }));
  expect(JSON.stringify(refused())).not.toContain("key=");
});

it("no secret is in the audit log, the log, or the metrics", async () => {
  expect(await attack.inTunnel(get(`${OWN}X-Key: ${attack.placeholder}\r\n`))).toMatchObject({ status: 200 });
  const { world, user, other } = attack;
  const metrics = await (await fetch(`http://127.0.0.1:${world.proxy.metricsPort}/metrics`)).text();
  expect(metrics).toContain('clauderon_proxy_decisions_total{outcome="refused",reason="HostNotListed"}');
  for (const text of [JSON.stringify(world.audit()), world.proxy.output(), metrics]) {
    for (const secret of [SECRET, user.token, other.token]) expect(text).not.toContain(secret);
  }
});
