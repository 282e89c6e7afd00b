import { createHash, randomBytes } from "node:crypto";
import { Fault, Secret } from "@clauderon/base";
import type { AgentGit, EgressReport } from "@clauderon/protocol";
import {
  type AuditRecord,
  type Grant,
  gitCredential,
  gitHostOf,
  httpsInsteadOfSsh,
  placeholderOf,
  PROXY_PORT,
  proxyVariables,
  serviceFor,
  type UsageTotals,
} from "@clauderon/protocol/proxy";
import { InTurn } from "../local/inTurn.ts";
import type { BackendContext } from "../backend.ts";
import type { SessionRecord } from "../model/sessionRecord.ts";
import type { Boundaries } from "./boundaries.ts";
import { egressReport } from "./model/egressReport.ts";
import { sessionGrant } from "./model/sessionGrant.ts";
import type { ProxyFolder } from "./proxyFolder.ts";
import type { ProxyProcess } from "./proxyProcess.ts";
import { readAudit, readAuditEnd } from "./readAudit.ts";

/** What the runner of a session with a boundary gets. */
export interface OpenedEgress {
  readonly proxy: { readonly socket: string; readonly port: number };
  /** Variables for the agent: the proxy, with the session's password, and certificates. */
  readonly variables: Readonly<Record<string, string>>;
  /** Placeholders, by the names of the credentials. */
  readonly credentials: ReadonlyMap<string, Secret>;
  readonly gitSettings: AgentGit["config"];
}

export interface OpenInputs {
  /** The session, and the real credentials that it may use. */
  readonly latest: BackendContext["latest"];
  /** The URL of the repository's remote. */
  readonly remote: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * The boundaries of sessions on this machine: a grant for each, and the proxy while one needs it. Grants and proxy are
 * changed in turn, so that the proxy does not end while a session begins.
 */
export class SessionEgress implements Boundaries {
  readonly #folder: ProxyFolder;
  readonly #process: ProxyProcess;
  readonly #turns = new InTurn();

  constructor(folder: ProxyFolder, process: ProxyProcess) {
    this.#folder = folder;
    this.#process = process;
  }

  /** Grants what the session may reach, with a new password, and returns when the proxy knows it. */
  open({ latest, remote, signal }: OpenInputs): Promise<OpenedEgress> {
    return this.#inTurn(async () => {
      const folder = this.#folder;
      const { session, credentials } = latest();
      folder.make();
      for (const [name, secret] of credentials) folder.writeCredential(name, secret);
      const password = randomBytes(32).toString("base64url");
      const gitHost = remote === undefined ? undefined : gitHostOf(remote);
      const tokenHash = createHash("sha256").update(password).digest("hex");
      const digest = folder.writeGrant(
        sessionGrant(session, { tokenHash, gitHost, credentials: [...credentials.keys()] }),
      );
      await this.#process.ensure(signal);
      await this.#confirm(session.name, digest);
      const { uid: user } = session;
      const placeholder = (name: string) => new Secret(placeholderOf({ name, service: serviceFor(name) }, user));
      return {
        proxy: { socket: folder.socket, port: PROXY_PORT },
        variables: proxyVariables({
          address: `127.0.0.1:${PROXY_PORT}`,
          user,
          password,
          certificates: folder.certificates,
        }),
        credentials: new Map([...credentials.keys()].map((name) => [name, placeholder(name)])),
        gitSettings: [
          ...(gitHost === undefined ? [] : httpsInsteadOfSsh(gitHost)),
          ...gitCredential(credentials.keys()),
        ],
      };
    });
  }

  /** Takes the session's grant away, and ends the proxy with the last one. */
  close(uid: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#folder.uids().includes(uid)) return;
      this.#folder.removeGrant(uid);
      await this.#tidy();
    });
  }

  /** Removes grants of sessions that do not exist, and starts the proxy if there are others and it is gone. */
  async resume(uids: ReadonlySet<string>, unreadableNames: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      const grants = this.#folder.grants();
      const isKept = (uid: string) => uids.has(uid) || unreadableNames.has(grants.get(uid)?.name ?? "");
      const found = this.#folder.uids();
      for (const uid of found) if (!isKept(uid)) this.#folder.removeGrant(uid);
      if (found.length > 0) await this.#tidy();
    });
    await this.keep(signal);
  }

  /** Starts the proxy if a session needs it and it is gone. */
  async keep(signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#folder.uids().length > 0) await this.#process.ensure(signal);
    });
  }

  renew(name: string, secret: Secret | undefined): void {
    const isGranted = [...this.#folder.grants().values()].some(({ credentials }) => credentials.includes(name));
    if (!isGranted) return;
    if (secret === undefined) this.#folder.removeCredential(name);
    else this.#folder.writeCredential(name, secret);
  }

  /** Returns when the proxy knows the change. */
  async change({ name, uid }: SessionRecord, change: (grant: Grant) => Grant): Promise<void> {
    await this.#inTurn(async () => {
      const grant = this.#folder.grants().get(uid);
      if (grant === undefined) return;
      const digest = this.#folder.writeGrant(change(grant));
      await this.#process.ensure(new AbortController().signal);
      await this.#confirm(name, digest);
    });
  }

  async report(session: SessionRecord): Promise<EgressReport> {
    const folder = this.#folder;
    const [grant, usage] = [folder.grants().get(session.uid), folder.usage().get(session.uid)];
    return egressReport(session, { grant, usage, decisions: readAuditEnd(folder.path) });
  }

  decisions(): AsyncIterable<AuditRecord> {
    return readAudit(this.#folder.path);
  }

  async usage(): Promise<ReadonlyMap<string, UsageTotals>> {
    return this.#folder.usage();
  }

  async #confirm(session: string, digest: string): Promise<void> {
    if (await this.#process.knows(digest)) return;
    throw new Fault("PROXY_UNAVAILABLE", `The proxy does not know the grant of session "${session}"`, {
      hint: `See ${this.#folder.logFile}. The daemon tries again`,
    });
  }

  async #tidy(): Promise<void> {
    this.#folder.sweepCredentials();
    if (this.#folder.uids().length === 0) await this.#process.end();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    return this.#turns.run("proxy", action);
  }
}
