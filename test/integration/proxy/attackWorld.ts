import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { AuditRecord } from "@clauderon/protocol/proxy";
import { createAuthority } from "../../kit/internet/certificates.ts";
import { dial, exchange, openTls, openTunnel, type RawResponse } from "../../kit/proxy/client.ts";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { ProxyWorld, type User } from "../../kit/proxy/world.ts";

export const HOST = "api.example.com";
export const ALSO_LISTED = "other.example.com";
export const ATTACKER = "attacker.example.com";
export const SECRET = "the-real-secret-0123456789";

export const OWN = `Host: ${HOST}\r\n`;

export const get = (lines: string, target = "/"): string =>
  `GET ${target} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;

/** Something that an agent or a server tries, and how the proxy must answer. */
export interface Attempt {
  readonly attempt: string;
  readonly run: () => Promise<RawResponse>;
  readonly status: number;
  readonly reason: string;
}

interface Parts {
  readonly world: ProxyWorld;
  readonly servers: readonly Upstream[];
  readonly user: User;
  readonly other: User;
  readonly placeholder: string;
  readonly foreignPlaceholder: string;
}

/** A proxy with two principals, servers that record what reaches them, and ways to try what is not allowed. */
export class AttackWorld {
  readonly world: ProxyWorld;
  readonly user: User;
  readonly other: User;
  readonly placeholder: string;
  readonly foreignPlaceholder: string;
  readonly #servers: readonly Upstream[];

  private constructor(parts: Parts) {
    this.world = parts.world;
    this.user = parts.user;
    this.other = parts.other;
    this.placeholder = parts.placeholder;
    this.foreignPlaceholder = parts.foreignPlaceholder;
    this.#servers = parts.servers;
  }

  static async start(): Promise<AttackWorld> {
    const world = await ProxyWorld.create();
    const { authority } = world;
    const unknown = await createAuthority("An authority that the proxy does not trust");
    const certificates = {
      [HOST]: await authority.issue([HOST]),
      [ALSO_LISTED]: await authority.issue([ALSO_LISTED]),
      [ATTACKER]: await authority.issue([ATTACKER]),
      "wrong-name.example.com": await authority.issue(["right-name.example.com"]),
      "expired.example.com": await authority.issue(["expired.example.com"], { days: -1 }),
      "self-signed.example.com": await unknown.issue(["self-signed.example.com"]),
    };
    const names = Object.entries(certificates);
    const servers = await Promise.all(
      names.map(([name, certificate]) => startUpstream({ authority, name, certificate })),
    );
    const placeholderFor = world.credential(
      { name: "KEY", service: "generic", hosts: [HOST], headers: [{ name: "x-key", form: "Plain" }] },
      SECRET,
    );
    const hosts = [...Object.keys(certificates), "inward.example.com", "metadata.example.com"];
    const allow = [
      ...hosts.filter((host) => host !== ATTACKER).map((host) => ({ host })),
      { host: "plain.example.com", ports: [80] },
      { host: "paths.example.com", methods: ["GET"], paths: ["/ok"] },
    ];
    const [user, other] = ["web", "other"].map((name) => world.grant(name, { allow, credentials: ["KEY"] }));
    if (user === undefined || other === undefined) throw new Error("unreachable");
    await world.start(Object.fromEntries(names.map(([name], index) => [name, servers[index]?.port ?? 0])), [
      "--connect-to=inward.example.com:443:127.0.0.2:443",
      "--connect-to=metadata.example.com:443:169.254.169.254:443",
      "--allow-private=169.254.169.254/32",
      "--header-seconds=2",
      "--body-seconds=1",
      "--max-connections=40",
    ]);
    const placeholders = { placeholder: placeholderFor("web"), foreignPlaceholder: placeholderFor("other") };
    return new AttackWorld({ world, servers, user, other, ...placeholders });
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  /** How many requests reached any server. */
  reached(): number {
    return this.#servers.flatMap(({ received }) => received).length;
  }

  /** Runs an attempt; its answer, and what the audit log says since. */
  async try({ run }: Attempt): Promise<{ readonly answer: RawResponse; readonly audit: () => readonly AuditRecord[] }> {
    const before = this.world.audit().length;
    return { answer: await run(), audit: () => this.world.audit().slice(before) };
  }

  /** Asks for a tunnel; `nobody` sends no proxy credentials. */
  async connect(authority: string, who: User | "nobody" = this.user): Promise<RawResponse> {
    const { socket, answer } = await openTunnel(this.world, authority, who === "nobody" ? undefined : who);
    socket.destroy();
    return answer;
  }

  /** Sends bytes through an HTTP/1.1 tunnel to a host that the user may reach. */
  async inTunnel(request: string, serverName = HOST): Promise<RawResponse> {
    return exchange(await openTls(this.world, HOST, this.user, { serverName }), request);
  }

  async getFrom(host: string, lines = ""): Promise<RawResponse> {
    return exchange(await openTls(this.world, host, this.user), get(`Host: ${host}\r\n${lines}`));
  }

  /** To a host of which the user may only GET /ok. */
  async toPath(method: string, path: string): Promise<RawResponse> {
    const host = "paths.example.com";
    const request = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    return exchange(await openTls(this.world, host, this.user), request);
  }

  /** Sends bytes to the proxy's own port. */
  async toPort(text: string): Promise<RawResponse> {
    return exchange(await dial(this.world), text);
  }

  async overHttp2(headers: Readonly<Record<string, string>>): Promise<RawResponse> {
    const tls = await openTls(this.world, HOST, this.user, { protocols: ["h2"] });
    const session = connectHttp2(`https://${HOST}`, { createConnection: () => tls });
    session.on("error", () => undefined);
    const stream = session.request(headers);
    stream.on("error", () => undefined);
    stream.end();
    const closed = once(stream, "close").then(() => [{}]);
    const [head] = (await Promise.race([once(stream, "response"), closed])) as [
      Record<string, string | number | undefined>,
    ];
    session.destroy();
    return { status: Number(head[":status"] ?? 0), reason: head["x-clauderon-proxy"]?.toString(), text: "" };
  }
}
