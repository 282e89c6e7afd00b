import { join } from "node:path";
import type { Log, Secret } from "@clauderon/base";
import type { CredentialRule, Grant } from "@clauderon/protocol/proxy";
import { type Authentication, authenticate } from "./authenticate.ts";
import { Credentials } from "./credentials.ts";
import { Grants } from "./grants.ts";
import type { Principals } from "./principals.ts";

/** The principals of one machine: grants and credentials in two folders. A grant may name any of the credentials. */
export class FolderPrincipals implements Principals {
  readonly isReady = true;
  readonly whyNoSecret = "It was removed while the session runs";
  readonly #grants: Grants;
  readonly #credentials: Credentials;

  constructor(state: string, log: Log) {
    this.#grants = new Grants(join(state, "grants"), log);
    this.#credentials = new Credentials(join(state, "credentials"), log);
  }

  get count(): number {
    return this.#grants.count;
  }

  get unusable(): number {
    return this.#grants.problems().size + this.#credentials.problems().size;
  }

  async meet(): Promise<void> {}

  authenticate(header: string | undefined): Authentication {
    return authenticate(header, (principal) => this.#grants.find(principal));
  }

  current(principal: string, tokenHash: string): Grant | undefined {
    const grant = this.#grants.find(principal);
    return grant?.tokenHash === tokenHash ? grant : undefined;
  }

  has(principal: string): boolean {
    return this.#grants.find(principal) !== undefined;
  }

  hasText(digest: string): boolean {
    return this.#grants.hasText(digest);
  }

  rulesOf(): readonly CredentialRule[] {
    return this.#credentials.rules();
  }

  secretOf(_grant: Grant, credential: string): Secret | undefined {
    return this.#credentials.secretOf(credential);
  }

  reload(): void {
    // The credentials first: from the moment that a grant is in effect, they are too.
    this.#credentials.reload();
    this.#grants.reload();
  }

  watch(onChange: () => void): void {
    this.#grants.watch(onChange);
    this.#credentials.watch();
  }

  close(): void {
    this.#grants.close();
    this.#credentials.close();
  }
}
