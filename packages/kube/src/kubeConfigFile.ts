import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { Fault, messageOf } from "@clauderon/base";
import { parse } from "yaml";

/** `clusters[].cluster` of a kubeconfig; paths are absolute. */
export interface ClusterEntry {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
}

/** `users[].user.exec`: a program that prints an ExecCredential. */
export interface ExecEntry {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

/** `users[].user`; paths are absolute. */
export interface UserEntry {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly exec?: ExecEntry;
  readonly "auth-provider"?: { readonly name: string; readonly config?: Readonly<Record<string, string>> };
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
}

interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** Several kubeconfig files merged: the first one that names a cluster, user, context or current context wins. */
export interface KubeConfigFile {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly currentContext: string | undefined;
}

/** Relative paths in a file are relative to that file. Throws a Fault that names the file. */
export function readKubeConfigFile(path: string): KubeConfigFile {
  const file = asRecord(parseFile(path));
  const folder = dirname(path);
  return {
    clusters: entries(file["clusters"], "cluster", (cluster) => absolute(folder, cluster, ["certificate-authority"])),
    users: entries(file["users"], "user", (user) => ({
      ...absolute(folder, user, ["client-certificate", "client-key", "tokenFile"]),
      ...(user["exec"] === undefined ? {} : { exec: execEntry(folder, asRecord(user["exec"])) }),
    })),
    contexts: entries(file["contexts"], "context", (context) => context),
    currentContext: text(file["current-context"]),
  };
}

export function mergeKubeConfigFiles(files: readonly KubeConfigFile[]): KubeConfigFile {
  return {
    clusters: firstWins(files.map((file) => file.clusters)),
    users: firstWins(files.map((file) => file.users)),
    contexts: firstWins(files.map((file) => file.contexts)),
    currentContext: files.find((file) => file.currentContext !== undefined)?.currentContext,
  };
}

const firstWins = <T>(maps: readonly ReadonlyMap<string, T>[]) => new Map(maps.toReversed().flatMap((map) => [...map]));

type Loose = Readonly<Record<string, unknown>>;

function parseFile(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `Cannot read kubeconfig "${path}": ${messageOf(cause)}`, {
      hint: "Give the path of an existing kubeconfig, or unset KUBECONFIG to use the default one",
      cause,
    });
  }
  try {
    return parse(content);
  } catch {
    // The parser's own message quotes the line, which may hold a credential.
    throw new Fault("CONFIG_INVALID", `Kubeconfig "${path}" is not valid YAML`);
  }
}

function asRecord(value: unknown): Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function entries<T>(list: unknown, field: string, read: (entry: Loose) => Loose): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const item of Array.isArray(list) ? list : []) {
    const name = text(asRecord(item)["name"]);
    if (name !== undefined && !found.has(name)) found.set(name, read(asRecord(asRecord(item)[field])) as T);
  }
  return found;
}

function absolute(folder: string, entry: Loose, fields: readonly string[]): Loose {
  const paths = fields.flatMap((field) => {
    const path = text(entry[field]);
    return path === undefined || isAbsolute(path) ? [] : [[field, join(folder, path)]];
  });
  return { ...entry, ...Object.fromEntries(paths) };
}

/** A command with a slash is relative to the file; a bare name is looked up on PATH. */
function execEntry(folder: string, exec: Loose): Loose {
  return text(exec["command"])?.includes("/") ? absolute(folder, exec, ["command"]) : exec;
}
