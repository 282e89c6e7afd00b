import type { ResolvedConfig } from "@clauderon/config";
import type { CliConfig } from "../config.ts";
import { runCommand } from "../process.ts";
import type { Finding } from "./model/finding.ts";

type KubernetesSettings = ResolvedConfig["values"]["kubernetes"];

/** What the daemon does in the namespace, as kubectl names it. */
const RIGHTS = [
  ["create", "pods"],
  ["create", "pods/exec"],
  ["watch", "pods"],
  ["create", "persistentvolumeclaims"],
  ["create", "configmaps"],
  ["create", "secrets"],
] as const;

/** Whether the cluster of the configuration answers, has the namespace, and lets this user do what sessions need. */
export async function clusterFindings(kubernetes: KubernetesSettings, config: CliConfig): Promise<readonly Finding[]> {
  const { namespace } = kubernetes;
  const ask = (...args: readonly string[]) => kubectl(args, kubernetes, config);
  const version = await ask("version", "--output=json");
  if (version.code === 127) {
    return [
      {
        name: "kubectl",
        state: "optional",
        message: "not installed: the cluster was not asked",
        mend: "Install kubectl",
      },
    ];
  }
  if (version.code !== 0) {
    const mend =
      "kubectl config current-context and kubectl version; [kubernetes] context and kubeconfig in config.toml";
    return [{ name: "cluster", state: "missing", message: version.told, mend }];
  }
  const space = await ask("get", "namespace", namespace, "--output=name");
  const found: Finding[] = [
    { name: "cluster", state: "ok", message: "answers" },
    space.code === 0
      ? { name: "namespace", state: "ok", message: namespace }
      : { name: "namespace", state: "missing", message: space.told, mend: `kubectl create namespace ${namespace}` },
  ];
  const rights = await Promise.all(
    RIGHTS.map(async ([verb, resource]) => rightFinding(verb, resource, { namespace, ask })),
  );
  return [...found, ...rights];
}

interface Cluster {
  readonly namespace: string;
  ask(this: void, ...args: readonly string[]): Promise<Answer>;
}

async function rightFinding(verb: string, resource: string, { namespace, ask }: Cluster): Promise<Finding> {
  const name = `may ${verb} ${resource}`;
  const { code } = await ask("auth", "can-i", verb, resource, "--namespace", namespace, "--quiet");
  if (code === 0) return { name, state: "ok", message: `in ${namespace}` };
  const role = resource.replaceAll("/", "-");
  const mend = `kubectl create role clauderon-${role} --verb=get,list,watch,create,patch,delete --resource=${resource} -n ${namespace}, and a rolebinding for you`;
  return { name, state: "missing", message: `not in ${namespace}`, mend };
}

interface Answer {
  readonly code: number;
  readonly told: string;
}

async function kubectl(
  args: readonly string[],
  { context, kubeconfig }: KubernetesSettings,
  config: CliConfig,
): Promise<Answer> {
  const where = [
    ...(context === undefined ? [] : ["--context", context]),
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig.replace(/^~(?=\/)/, config.userHome)]),
    "--request-timeout=10s",
  ];
  try {
    const options = { cwd: "/", environment: config.environment };
    const { code, stderr } = await runCommand("kubectl", [...args, ...where], options);
    return { code, told: stderr.trim().split("\n").at(-1) ?? "" };
  } catch {
    return { code: 127, told: "" };
  }
}
