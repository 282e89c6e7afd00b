import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditRecord, type CredentialRule, placeholderOf } from "@clauderon/protocol/proxy";
import { type Authority, createAuthority, writeAuthority } from "../internet/certificates.ts";
import { type ProxyProcess, startProxyProcess } from "./proxyProcess.ts";

/** Who a client is at the proxy. */
export interface User {
  readonly principal: string;
  readonly token: string;
}

/** A proxy with a folder of its own, the authority of the servers it trusts, and what tests do to both. */
export class ProxyWorld {
  readonly state = mkdtempSync(join(tmpdir(), "proxy-"));
  readonly authority: Authority;
  #process: ProxyProcess | undefined;
  #args: readonly string[] = [];

  private constructor(authority: Authority) {
    this.authority = authority;
    for (const folder of ["grants", "credentials"]) mkdirSync(join(this.state, folder), { mode: 0o700 });
  }

  static async create(authority?: Authority): Promise<ProxyWorld> {
    return new ProxyWorld(authority ?? (await createAuthority()));
  }

  /** Starts the proxy; `hosts` leads names to ports of 127.0.0.1. */
  async start(hosts: Readonly<Record<string, number>>, args: readonly string[] = []): Promise<void> {
    const caFile = await writeAuthority(this.authority, join(this.state, "upstream"));
    const ways = Object.entries(hosts).flatMap(([host, port]) => ["--connect-to", `${host}:443:127.0.0.1:${port}`]);
    this.#args = ["--upstream-ca", caFile, "--allow-private", "127.0.0.1/32", ...ways, ...args];
    this.#process = await startProxyProcess(this.state, this.#args);
  }

  /** Starts it again with the same arguments, after it ended. */
  async restart(): Promise<void> {
    this.#process = await startProxyProcess(this.state, this.#args);
  }

  get proxy(): ProxyProcess {
    if (this.#process === undefined) throw new Error("The proxy was not started");
    return this.#process;
  }

  /** The certificates that a client must trust. */
  get caFile(): string {
    return join(this.state, "ca.crt");
  }

  get ca(): string {
    return readFileSync(this.caFile, "utf8");
  }

  /** Writes the grant of a principal; the same principal keeps its token. */
  grant(
    principal: string,
    changes: Readonly<Record<string, unknown>> = {},
    token = randomBytes(24).toString("base64url"),
  ): User {
    const grant = {
      principal,
      kind: "Session",
      name: principal,
      tokenHash: createHash("sha256").update(token).digest("hex"),
      accessMode: "ReadWrite",
      egressMode: "Enforce",
      allow: [],
      ...changes,
    };
    this.write(`grants/${principal}.json`, JSON.stringify(grant));
    return { principal, token };
  }

  /** Writes a credential, and returns its placeholder for a principal. */
  credential(rule: CredentialRule, secret: string): (principal: string) => string {
    const { name, ...rest } = rule;
    this.write(`credentials/${name}.json`, JSON.stringify({ ...rest, secret }));
    return (principal) => placeholderOf(rule, principal);
  }

  /** Writes a file of the state folder that only this user can read. */
  write(name: string, text: string): void {
    writeFileSync(join(this.state, name), text, { mode: 0o600 });
  }

  /** The proxy's URL for a user, as HTTPS_PROXY wants it. */
  url({ principal, token }: User): string {
    return `http://${principal}:${token}@127.0.0.1:${this.proxy.port}`;
  }

  audit(): readonly AuditRecord[] {
    const lines = readFileSync(join(this.state, "audit.jsonl"), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as AuditRecord);
  }

  /** Ends the proxy at once and deletes its folder. */
  async stop(): Promise<void> {
    this.#process?.signal("SIGKILL");
    await this.#process?.ended;
    rmSync(this.state, { recursive: true, force: true });
  }
}
