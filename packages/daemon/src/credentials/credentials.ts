import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { findInteractiveAgent } from "@clauderon/agents";
import { Fault, Secret } from "@clauderon/base";
import { AGENTS, type CredentialList, credentialNameSchema, type SessionSpec } from "@clauderon/protocol";

/** How a session's agent gets its credentials. */
export interface CredentialStrategy {
  readonly name: string;
  /**
   * The credential variables for the runner or the pod of a session with this agent; with `named`, only the agent's own and
   * those.
   */
  variables(agent: string, named?: readonly string[]): ReadonlyMap<string, Secret>;
}

/**
 * Credentials in files that only the user can read, one for each variable; the daemon's own environment supplies the
 * missing ones. Anyone can set a value; only sessions get it.
 */
export class CredentialFiles {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #changed: (name: string, value: Secret | undefined) => void;

  /** `changed` is called with the new value after one was set or removed. */
  constructor(
    folder: string,
    environment: Readonly<Record<string, string | undefined>>,
    changed: (name: string, value: Secret | undefined) => void = () => undefined,
  ) {
    this.#folder = folder;
    this.#environment = environment;
    this.#changed = changed;
  }

  /** The credential files, and the credentials that an agent would get from the environment. */
  list(): CredentialList {
    const files = this.names();
    const known = [...new Set(AGENTS.flatMap(variablesOf))];
    const fromEnvironment = known.filter((name) => !files.includes(name) && (this.#environment[name] ?? "") !== "");
    const items = [
      ...files.map((name) => ({ name, origin: "file" as const })),
      ...fromEnvironment.map((name) => ({ name, origin: "environment" as const })),
    ];
    return { items: items.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  set(name: string, value: Secret): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    const path = `${this.#folder}/${name}`;
    writeFileSync(`${path}.new`, value.reveal(), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.#changed(name, value);
  }

  /** CREDENTIAL_MISSING when there is no such file. */
  remove(name: string): void {
    if (!this.names().includes(name)) {
      throw new Fault("CREDENTIAL_MISSING", `There is no credential "${name}" to delete`, {
        hint: "Run clauderon credentials list to see your credentials",
      });
    }
    rmSync(`${this.#folder}/${name}`);
    this.#changed(name, this.read(name));
  }

  read(name: string): Secret | undefined {
    if (this.names().includes(name)) return new Secret(readFileSync(`${this.#folder}/${name}`, "utf8"));
    const value = this.#environment[name] ?? "";
    return value === "" ? undefined : new Secret(value);
  }

  /** Names of credential files; anything else in the folder is ignored. */
  names(): readonly string[] {
    try {
      return readdirSync(this.#folder).filter((name) => credentialNameSchema.safeParse(name).success);
    } catch {
      return [];
    }
  }
}

/**
 * The agent gets the credentials themselves, as variables: its own, and every one that the user has set. It can read
 * them, and so can every program that it runs.
 */
export class EnvStrategy implements CredentialStrategy {
  readonly name = "Env";
  readonly #files: CredentialFiles;

  constructor(files: CredentialFiles) {
    this.#files = files;
  }

  variables(agent: string, named?: readonly string[]): ReadonlyMap<string, Secret> {
    const names = [...new Set([...variablesOf(agent), ...(named ?? this.#files.names())])];
    const found = names.map((name) => [name, this.#files.read(name)] as const);
    return new Map(found.filter((pair): pair is readonly [string, Secret] => pair[1] !== undefined));
  }
}

/**
 * The credentials of a session, except those whose variable the session itself sets. Those of a session with a boundary are
 * for the proxy.
 */
export function credentialsFor(
  { agent, environment = {}, egress }: SessionSpec,
  strategy: CredentialStrategy,
): ReadonlyMap<string, Secret> {
  const found = strategy.variables(agent, egress?.credentials);
  return new Map([...found].filter(([name]) => !(name in environment)));
}

/** CREDENTIAL_MISSING when a credential that the session's boundary names is not among these. */
export function refuseMissing({ egress }: SessionSpec, credentials: ReadonlyMap<string, Secret>): void {
  const missing = egress?.credentials.find((name) => !credentials.has(name));
  if (missing === undefined) return;
  throw new Fault("CREDENTIAL_MISSING", `The credential ${missing} is not set`, {
    hint: `Run clauderon credentials set ${missing}`,
  });
}

/** The names of the credentials that a session's agent can read. */
export function readableCredentials({ egress }: SessionSpec, credentials: ReadonlyMap<string, Secret>): string[] {
  return egress === undefined ? [...credentials.keys()] : [];
}

/** The variables from which this agent reads its credential; empty for an agent without an adapter. */
function variablesOf(agent: string): readonly string[] {
  try {
    return findInteractiveAgent(agent).credentialVariables;
  } catch (thrown) {
    if (thrown instanceof Fault) return [];
    throw thrown;
  }
}
