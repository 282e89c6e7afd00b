import { isIP } from "node:net";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fault, messageOf } from "@clauderon/base";
import { type Cidr, parseCidr } from "./model/cidr.ts";
import type { Limits } from "./limits.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import type { Detour } from "./upstream/destinations.ts";

/** Environment variables as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

interface AuditConfig {
  /** The size at which a new file begins. */
  readonly maxBytes: number;
  /** How many older files are kept; undefined for all. */
  readonly keep: number | undefined;
  /** Whether each line goes to standard output too. */
  readonly isPrinted: boolean;
}

export interface ClusterConfig {
  readonly namespace: string;
  /** By which the API server is found, as kubectl does. */
  readonly env: Env;
}

export interface ProxyConfig {
  readonly command: "run" | "help";
  /** The folder of everything the proxy keeps. */
  readonly state: string;
  /** Where it listens beside its unix socket. */
  readonly listen: Endpoint | undefined;
  readonly socket: string;
  readonly metrics: Endpoint | undefined;
  readonly logLevel: LogLevel;
  /** A file of PEM certificates that servers may be signed by, beside the roots of this machine. */
  readonly upstreamCa: string | undefined;
  readonly detours: readonly Detour[];
  /** Blocks of addresses that are not public and may be connected to. */
  readonly allowPrivate: readonly Cidr[];
  readonly drainMs: number;
  /** The namespace whose Secrets hold grants and credentials; the state folder holds them if undefined. */
  readonly cluster: ClusterConfig | undefined;
  readonly audit: AuditConfig;
  readonly limits: Limits;
}

export const USAGE = `Usage: clauderon-proxy --state <folder> [options]

Runs the credential proxy. You can also set an option with the environment variable in brackets.

  --state <folder>             folder for the authority, grants, credentials and the audit log [CLAUDERON_PROXY_STATE]
  --listen <address:port>      also listen on TCP, such as 0.0.0.0:3030 (default: the unix socket only) [CLAUDERON_PROXY_LISTEN]
  --socket <path>              unix socket to listen on (default: socket/proxy.sock in the state folder) [CLAUDERON_PROXY_SOCKET]
  --metrics <address:port>     serve /metrics there (default: no metrics) [CLAUDERON_PROXY_METRICS]
  --log-level <level>          debug, info, warn or error (default: info) [LOG_LEVEL]
  --upstream-ca <file>         PEM certificates to trust for servers, beside those of this machine [CLAUDERON_PROXY_UPSTREAM_CA]
  --audit-stdout               also print each line of the audit log, among the proxy's own log [CLAUDERON_PROXY_AUDIT_STDOUT]
  --kubernetes-namespace <ns>  read grants and credentials from labelled Secrets of this namespace, and keep the authority in
                               one, instead of in the folder [CLAUDERON_PROXY_KUBERNETES_NAMESPACE]
  --help                       print this text and exit

Limits:
  --max-connections <n>        connections of one principal at a time (default: 256) [CLAUDERON_PROXY_MAX_CONNECTIONS]
  --max-requests <n>           requests of one principal at a time (default: 512) [CLAUDERON_PROXY_MAX_REQUESTS]
  --header-seconds <n>         time for a TLS handshake or the headers of a request (default: 15) [CLAUDERON_PROXY_HEADER_SECONDS]
  --body-seconds <n>           longest pause in the body of a request (default: 60) [CLAUDERON_PROXY_BODY_SECONDS]
  --answer-seconds <n>         time until a server starts its response (default: 900) [CLAUDERON_PROXY_ANSWER_SECONDS]
  --drain-seconds <n>          time for open requests after SIGTERM (default: 30) [CLAUDERON_PROXY_DRAIN_SECONDS]
  --audit-bytes <n>            size at which the audit log starts a new file (default: 67108864) [CLAUDERON_PROXY_AUDIT_BYTES]
  --audit-keep <n>             older files of the audit log that are kept (default: all) [CLAUDERON_PROXY_AUDIT_KEEP]

For tests and private networks. Each one widens what agents can reach; leave them empty otherwise:
  --allow-private <cidr>       allow these addresses although they are not public; repeatable, or separated by commas
                               [CLAUDERON_PROXY_ALLOW_PRIVATE]
  --connect-to <host:port:address:port>
                               connect to this address and port instead of resolving the host; the address is checked as
                               any other; repeatable, or separated by commas [CLAUDERON_PROXY_CONNECT_TO]
`;

const OPTIONS = {
  help: { type: "boolean" },
  state: { type: "string" },
  listen: { type: "string" },
  socket: { type: "string" },
  metrics: { type: "string" },
  "log-level": { type: "string" },
  "upstream-ca": { type: "string" },
  "max-connections": { type: "string" },
  "max-requests": { type: "string" },
  "header-seconds": { type: "string" },
  "body-seconds": { type: "string" },
  "answer-seconds": { type: "string" },
  "drain-seconds": { type: "string" },
  "audit-bytes": { type: "string" },
  "audit-keep": { type: "string" },
  "audit-stdout": { type: "boolean" },
  "kubernetes-namespace": { type: "string" },
  "allow-private": { type: "string", multiple: true },
  "connect-to": { type: "string", multiple: true },
} as const;

type TextOption = Exclude<keyof typeof OPTIONS, "help" | "audit-stdout" | "allow-private" | "connect-to">;

interface Setting {
  /** Name of the flag or variable. */
  readonly name: string;
  readonly value: string | undefined;
}

/** Reads the configuration from flags, then environment variables, then defaults. A Fault names an invalid flag or variable. */
export function parseConfig(args: readonly string[], env: Env): ProxyConfig {
  const flags = parseFlags(args);
  const text = (flag: TextOption): Setting => {
    const given = flags[flag];
    if (given !== undefined) return { name: `--${flag}`, value: given };
    return { name: variableOf(flag), value: env[variableOf(flag)] || undefined };
  };
  const list = (flag: "allow-private" | "connect-to"): readonly Setting[] => {
    const given = flags[flag] ?? [env[variableOf(flag)] ?? ""];
    const name = flags[flag] === undefined ? variableOf(flag) : `--${flag}`;
    const values = given.flatMap((each) => each.split(",")).filter((value) => value !== "");
    return values.map((value) => ({ name, value }));
  };
  const number = (flag: TextOption, byDefault: number): number => positive(text(flag), byDefault);
  const seconds = (flag: TextOption, byDefault: number): number => number(flag, byDefault) * 1000;
  const command = flags.help === true ? "help" : "run";
  const state = command === "help" ? "." : folder(text("state"));
  const upstreamCa = text("upstream-ca").value;
  const namespace = text("kubernetes-namespace").value;
  return Object.freeze({
    command,
    state,
    listen: endpoint(text("listen")),
    socket: resolve(text("socket").value ?? resolve(state, "socket/proxy.sock")),
    metrics: endpoint(text("metrics")),
    logLevel: logLevel(text("log-level")),
    upstreamCa: upstreamCa === undefined ? undefined : resolve(upstreamCa),
    detours: list("connect-to").map(detour),
    allowPrivate: list("allow-private").map(cidr),
    drainMs: seconds("drain-seconds", 30),
    cluster: namespace === undefined ? undefined : { namespace, env },
    audit: {
      maxBytes: number("audit-bytes", 67_108_864),
      keep: text("audit-keep").value === undefined ? undefined : number("audit-keep", 1),
      isPrinted: flags["audit-stdout"] ?? (env[variableOf("audit-stdout")] || "0") !== "0",
    },
    limits: {
      connections: number("max-connections", 256),
      requests: number("max-requests", 512),
      headerMs: seconds("header-seconds", 15),
      bodyMs: seconds("body-seconds", 60),
      answerMs: seconds("answer-seconds", 900),
    },
  });
}

function variableOf(flag: string): string {
  return flag === "log-level" ? "LOG_LEVEL" : `CLAUDERON_PROXY_${flag.replaceAll("-", "_").toUpperCase()}`;
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (thrown) {
    throw new Fault("USAGE", messageOf(thrown).split(". ")[0] ?? "", {
      hint: "Run `clauderon-proxy --help` to see the options",
      cause: thrown,
    });
  }
}

function folder({ value }: Setting): string {
  if (value !== undefined) return resolve(value);
  throw new Fault("USAGE", "The proxy needs a folder for its state", { hint: "Add --state <folder>" });
}

function endpoint({ name, value }: Setting): Endpoint | undefined {
  if (value === undefined) return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const address = bracketed ?? plain ?? "";
  if (isIP(address) !== 0 && Number(digits) <= 65_535) return { address, port: Number(digits) };
  throw invalid(name, value, "an IP address and a port, such as 127.0.0.1:3030");
}

function detour({ name, value = "" }: Setting): Detour {
  const [, host = "", from, bracketed, plain, to] =
    /^([^:]+):(\d{1,5}):(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const address = bracketed ?? plain ?? "";
  if (isIP(address) !== 0) return { host: host.toLowerCase(), port: Number(from), address, toPort: Number(to) };
  throw invalid(name, value, "host:port:address:port, such as github.com:443:127.0.0.1:8443");
}

function cidr({ name, value = "" }: Setting): Cidr {
  const block = parseCidr(value);
  if (block !== undefined) return block;
  throw invalid(name, value, "an address with a prefix length, such as 10.1.0.0/16");
}

function positive({ name, value }: Setting, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (/^[1-9]\d{0,11}$/.test(value)) return Number(value);
  throw invalid(name, value, "a whole number above zero");
}

function logLevel({ name, value = "info" }: Setting): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level === undefined) throw invalid(name, value, LOG_LEVELS.join(", "));
  return level;
}

function invalid(name: string, value: string, wanted: string): Fault {
  return new Fault("CONFIG_INVALID", `Invalid value "${value}" for ${name}`, { hint: `Use ${wanted}` });
}
