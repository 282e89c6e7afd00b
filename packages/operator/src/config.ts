import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { Fault, messageOf } from "@clauderon/base";
import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** Environment variables as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface LeaderElection {
  readonly namespace: string;
  readonly identity: string;
}

export interface OperatorConfig {
  readonly command: "run" | "crd" | "release-finalizers" | "help";
  /** Undefined for the default of kubectl, or in-cluster. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** The namespace to watch; undefined for all. */
  readonly watchNamespace: string | undefined;
  /** Port of /healthz and /readyz, on all addresses. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Number of AgentJobs to reconcile at the same time. */
  readonly workers: number;
  /** Rules that a ClusterAccess cannot exceed; undefined leaves the limit to the API server. */
  readonly accessCeiling: readonly PolicyRule[] | undefined;
  /** Undefined if this process works without a lease. */
  readonly leaderElection: LeaderElection | undefined;
  /** For finding the cluster: KUBECONFIG and the like. */
  readonly env: Env;
}

export const USAGE = `Usage: thurkube [options]

Runs the operator for AgentJobs. You can also set an option with the environment variable in brackets.

  --crd                      print the eight CustomResourceDefinitions as YAML and exit
  --release-finalizers       wait until no operator works, revoke what agents hold by ClusterAccess, remove the finalizers
                             of all AgentJobs, and exit. helm uninstall does this
  --help                     print this text and exit
  --kubeconfig <path>        kubeconfig file (default: in-cluster, else ~/.kube/config) [KUBECONFIG]
  --context <name>           context of the kubeconfig (default: its current context) [THURKUBE_CONTEXT]
  --watch-namespace <name>   namespace to watch (default: all) [WATCH_NAMESPACE]
  --health-port <port>       port of /healthz and /readyz (default: 8080) [THURKUBE_HEALTH_PORT]
  --log-level <level>        debug, info, warn or error (default: info) [LOG_LEVEL]
  --workers <count>          AgentJobs to reconcile at the same time (default: 8) [THURKUBE_WORKERS]
  --access-ceiling <json>    RBAC rules that a ClusterAccess cannot exceed [THURKUBE_ACCESS_CEILING]
  --leader-elect <bool>      reconcile only while holding the Lease "thurkube" (default: true) [THURKUBE_LEADER_ELECT]

Leader election needs POD_NAMESPACE, the namespace of the Lease. POD_NAME identifies this process in the Lease
(default: host name and process ID).
`;

const OPTIONS = {
  crd: { type: "boolean" },
  "release-finalizers": { type: "boolean" },
  help: { type: "boolean" },
  kubeconfig: { type: "string" },
  context: { type: "string" },
  "watch-namespace": { type: "string" },
  "health-port": { type: "string" },
  "log-level": { type: "string" },
  workers: { type: "string" },
  "access-ceiling": { type: "string" },
  "leader-elect": { type: "string" },
} as const;

/** Reads the configuration from flags, then environment variables, then defaults. A Fault names an invalid flag or variable. */
export function parseConfig(args: readonly string[], env: Env): OperatorConfig {
  const flags = parseFlags(args);
  const text = (flag: Exclude<keyof typeof OPTIONS, Command>, variable: string): Setting => {
    const given = flags[flag];
    return given === undefined
      ? { name: variable, value: env[variable] || undefined }
      : { name: `--${flag}`, value: given };
  };
  const command = (["help", "crd", "release-finalizers"] as const).find((name) => flags[name] === true) ?? "run";
  const works = command === "run" || command === "release-finalizers";
  const elects = boolean(text("leader-elect", "THURKUBE_LEADER_ELECT"), true);
  return Object.freeze({
    command,
    kubeconfig: flags.kubeconfig,
    context: text("context", "THURKUBE_CONTEXT").value,
    watchNamespace: text("watch-namespace", "WATCH_NAMESPACE").value,
    port: integer(text("health-port", "THURKUBE_HEALTH_PORT"), { byDefault: 8080, from: 0, to: 65_535 }),
    logLevel: logLevel(text("log-level", "LOG_LEVEL")),
    workers: integer(text("workers", "THURKUBE_WORKERS"), { byDefault: 8, from: 1, to: 256 }),
    accessCeiling: policyRules(text("access-ceiling", "THURKUBE_ACCESS_CEILING")),
    leaderElection: elects && works ? leaderElection(env) : undefined,
    env,
  });
}

/** Options that name a command. */
type Command = "crd" | "release-finalizers" | "help";

interface Setting {
  /** Name of the flag or variable. */
  readonly name: string;
  readonly value: string | undefined;
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (thrown) {
    throw new Fault("USAGE", messageOf(thrown).split(". ")[0] ?? "", {
      hint: "Run `thurkube --help` to see the options",
      cause: thrown,
    });
  }
}

function boolean({ name, value }: Setting, byDefault: boolean): boolean {
  if (value === undefined) return byDefault;
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off)$/i.test(value)) return false;
  throw invalid(name, value, "true or false");
}

function integer({ name, value }: Setting, range: { byDefault: number; from: number; to: number }): number {
  if (value === undefined) return range.byDefault;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.from && number <= range.to) return number;
  throw invalid(name, value, `a whole number from ${range.from} to ${range.to}`);
}

function logLevel({ name, value = "info" }: Setting): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level === undefined) throw invalid(name, value, "debug, info, warn or error");
  return level;
}

function policyRules({ name, value }: Setting): readonly PolicyRule[] | undefined {
  if (value === undefined) return undefined;
  try {
    const rules: unknown = JSON.parse(value);
    if (Array.isArray(rules) && rules.every(isPolicyRule)) return rules;
  } catch {
    throw invalid(name, value, "a JSON list of RBAC rules");
  }
  throw invalid(name, value, "a JSON list of RBAC rules, each with verbs");
}

function isPolicyRule(rule: unknown): rule is PolicyRule {
  return typeof rule === "object" && rule !== null && Array.isArray((rule as PolicyRule).verbs);
}

function leaderElection(env: Env): LeaderElection {
  const namespace = env["POD_NAMESPACE"];
  if (!namespace) {
    throw new Fault(
      "CONFIG_INVALID",
      "POD_NAMESPACE is not set, so the operator cannot find the namespace of its Lease",
      {
        hint: "Set POD_NAMESPACE to the namespace of the operator, or use --leader-elect=false",
      },
    );
  }
  return { namespace, identity: env["POD_NAME"] || `${hostname()}_${process.pid}` };
}

function invalid(name: string, value: string, wanted: string): Fault {
  return new Fault("CONFIG_INVALID", `Invalid value "${value}" for ${name}`, { hint: `Use ${wanted}` });
}
