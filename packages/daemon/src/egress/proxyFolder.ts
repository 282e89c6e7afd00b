import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import type { Secret } from "@clauderon/base";
import { readPlainFile, replaceFile } from "@clauderon/files";
import { type Grant, parseGrant, parseUsageFile, USAGE_FILE, type UsageTotals } from "@clauderon/protocol/proxy";
import { storedCredential } from "./model/storedCredential.ts";

const MAX_BYTES = 262_144;
const MAX_USAGE_BYTES = 4_194_304;

/** The state folder of this user's proxy, as the daemon writes it: grants by the uid of their session, and credentials. */
export class ProxyFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get socket(): string {
    return `${this.path}/socket/proxy.sock`;
  }

  get certificates(): string {
    return `${this.path}/ca-bundle.crt`;
  }

  get logFile(): string {
    return `${this.path}/proxy.log`;
  }

  make(): void {
    for (const folder of [this.path, `${this.path}/grants`, `${this.path}/credentials`])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The grants, by uid. A file that is not a valid grant is left out, as the proxy does. */
  grants(): ReadonlyMap<string, Grant> {
    return new Map(
      this.uids()
        .flatMap((uid) => this.#read(uid) ?? [])
        .map((grant) => [grant.principal, grant]),
    );
  }

  /** The uids of the sessions that have a file of a grant, valid or not. */
  uids(): readonly string[] {
    return namesIn(`${this.path}/grants`);
  }

  /** What the sessions used, by uid. */
  usage(): ReadonlyMap<string, UsageTotals> {
    return parseUsageFile(readPlainFile(`${this.path}/${USAGE_FILE}`, MAX_USAGE_BYTES)?.toString() ?? "");
  }

  /** Returns the digest of the text, by which the proxy knows it. */
  writeGrant(grant: Grant): string {
    const text = `${JSON.stringify(grant, null, 2)}\n`;
    replaceFile(`${this.path}/grants/${grant.principal}.json`, text);
    return createHash("sha256").update(text).digest("hex");
  }

  removeGrant(uid: string): void {
    rmSync(`${this.path}/grants/${uid}.json`, { force: true });
  }

  /** See {@link storedCredential}. */
  writeCredential(name: string, secret: Secret): void {
    replaceFile(`${this.path}/credentials/${name}.json`, `${JSON.stringify(storedCredential(name, secret))}\n`);
  }

  removeCredential(name: string): void {
    rmSync(`${this.path}/credentials/${name}.json`, { force: true });
  }

  /** Removes the credentials that no grant names. */
  sweepCredentials(): void {
    const granted = new Set([...this.grants().values()].flatMap(({ credentials }) => credentials));
    for (const name of namesIn(`${this.path}/credentials`)) if (!granted.has(name)) this.removeCredential(name);
  }

  #read(uid: string): Grant | undefined {
    const text = readPlainFile(`${this.path}/grants/${uid}.json`, MAX_BYTES)?.toString() ?? "";
    try {
      return parseGrant(text);
    } catch {
      return undefined;
    }
  }
}

/** The names of the JSON files in a folder, without their ending; none if there is no folder. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
  } catch {
    return [];
  }
}
