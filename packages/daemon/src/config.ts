import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { Fault, messageOf } from "@clauderon/base";
import { type ResolvedConfig, resolveConfig } from "@clauderon/config";
import { homeOf, ownUid } from "@clauderon/process/user";

/** The environment variables of the process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The configuration from flags, environment and files, read once. Paths are absolute. */
export interface DaemonConfig {
  /** CLAUDERON_HOME. */
  readonly home: string;
  readonly uid: number;
  /** For sockets whose path in `home` would be too long. */
  readonly tmpdir: string;
  readonly settings: ResolvedConfig["values"];
  readonly env: Env;
}

export const USAGE = `Usage: clauderon-daemon [options]

Keeps the sessions of this user: the registry, the runners' links, and the API on a socket in CLAUDERON_HOME.

  --enable-kubernetes-backend[=BOOL]   lets sessions run in Kubernetes [CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND]
  --kubeconfig PATH                    the kubeconfig [CLAUDERON_KUBERNETES_KUBECONFIG, KUBECONFIG]
  --context NAME                       the context of the kubeconfig [CLAUDERON_KUBERNETES_CONTEXT]
  --namespace NAME                     where the pods of sessions run [CLAUDERON_KUBERNETES_NAMESPACE]
  --http-port PORT                     serves the API on this port of 127.0.0.1 too, with a token [CLAUDERON_DAEMON_HTTP_PORT]
  --help                               print this text and exit
`;

const OPTIONS = {
  "enable-kubernetes-backend": { type: "string" },
  kubeconfig: { type: "string" },
  context: { type: "string" },
  namespace: { type: "string" },
  "http-port": { type: "string" },
  help: { type: "boolean" },
} as const;

/** Throws CONFIG_INVALID, which names the wrong flag, variable or line. */
export function parseDaemonConfig(args: readonly string[], env: Env): DaemonConfig | "help" {
  const flags = parseFlags(args);
  if (flags.help === true) return "help";
  const home = (env["CLAUDERON_HOME"] || join(homeOf(env), ".clauderon")).replace(/(?<=.)\/+$/, "");
  if (!isAbsolute(home)) throw new Fault("CONFIG_INVALID", `CLAUDERON_HOME must be an absolute path, got "${home}"`);
  const { values: settings } = resolveConfig({
    flags: {
      "features.kubernetes_backend": flagOf("--enable-kubernetes-backend", flags["enable-kubernetes-backend"]),
      "kubernetes.kubeconfig": flagOf("--kubeconfig", flags.kubeconfig),
      "kubernetes.context": flagOf("--context", flags.context),
      "kubernetes.namespace": flagOf("--namespace", flags.namespace),
      "daemon.http_port": flagOf("--http-port", flags["http-port"]),
    },
    environment: env,
    file: readConfigFile(join(home, "config.toml")),
  });
  return Object.freeze({ home, uid: ownUid(), tmpdir: tmpdir(), settings, env });
}

const flagOf = (flag: string, value: string | undefined) => (value === undefined ? undefined : { flag, value });

function readConfigFile(path: string): { readonly path: string; readonly text: string } | undefined {
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Fault("CONFIG_INVALID", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

function parseFlags(args: readonly string[]) {
  // The flag may stand alone: the next word is not its value.
  const whole = args.map((arg) => (arg === "--enable-kubernetes-backend" ? `${arg}=true` : arg));
  try {
    return parseArgs({ args: whole, options: OPTIONS, strict: true }).values;
  } catch (cause) {
    throw usage(messageOf(cause));
  }
}

const usage = (message: string) => new Fault("USAGE", message, { hint: "See clauderon-daemon --help" });
