import { Fault, messageOf } from "@clauderon/base";
import { expandHome, type ResolvedConfig } from "@clauderon/config";
import {
  ApiError,
  HttpKubeClient,
  isAllowed,
  isForbidden,
  type KubeClient,
  loadKubeConfig,
  NAMESPACES,
  STORAGE_CLASSES,
  userName,
} from "@clauderon/kube";
import type { CliConfig } from "../config.ts";
import { userFindings, versionFinding } from "./model/clusterFindings.ts";
import type { Finding } from "./model/finding.ts";
import { SESSION_RIGHTS } from "./sessionRights.ts";

type KubernetesSettings = ResolvedConfig["values"]["kubernetes"];

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/**
 * Whether the cluster of the configuration answers, has the namespace and the storage class, and lets this user do what
 * sessions need. Asks as the daemon would.
 */
export async function clusterFindings(kubernetes: KubernetesSettings, config: CliConfig): Promise<readonly Finding[]> {
  const { context, kubeconfig, namespace, storage_class: storageClass } = kubernetes;
  try {
    const access = loadKubeConfig({
      ...(kubeconfig !== undefined && { kubeconfig: expandHome(kubeconfig, config.userHome) }),
      ...(context !== undefined && { context }),
      env: config.environment,
    });
    const client = new HttpKubeClient(access, { userAgent: "clauderon-doctor", headersTimeoutMs: 10_000 });
    try {
      const user = await userName(client);
      return [
        versionFinding(await gitVersionOf(client), access.server.origin, user),
        ...userFindings(user),
        await lookedAt("namespace", () => namespaceFinding(client, namespace)),
        await lookedAt("storage class", () => storageFinding(client, storageClass)),
        await rightsFinding(client, namespace, user),
      ];
    } finally {
      await client.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ApiError)) throw thrown;
    const fix = "Check [kubernetes] context and kubeconfig in config.toml";
    return [missing("cluster", messageOf(thrown), (thrown instanceof Fault ? thrown.hint : undefined) ?? fix)];
  }
}

async function gitVersionOf(client: KubeClient): Promise<string> {
  return ((await client.request("GET", "/version")).json() as { readonly gitVersion: string }).gitVersion;
}

async function namespaceFinding(client: KubeClient, namespace: string): Promise<Finding> {
  const found = await client.get(NAMESPACES, { name: namespace });
  if (found !== undefined) return ok("namespace", namespace);
  return missing("namespace", `${namespace} does not exist`, `Run \`kubectl create namespace ${namespace}\``);
}

async function storageFinding(client: KubeClient, wanted: string | undefined): Promise<Finding> {
  const name = "storage class";
  const { items } = await client.list(STORAGE_CLASSES);
  const isMeant = wanted === undefined ? isDefault : ({ metadata }: (typeof items)[number]) => metadata.name === wanted;
  const found = items.find(isMeant);
  if (found !== undefined) return ok(name, found.metadata.name);
  const known = items.map(({ metadata }) => metadata.name).join(", ") || "none";
  const message = wanted === undefined ? "the cluster has no default storage class" : `${wanted} does not exist`;
  return missing(name, message, `Set [kubernetes] storage_class in config.toml to one of: ${known}`);
}

async function rightsFinding(client: KubeClient, namespace: string, user = "YOU"): Promise<Finding> {
  const actions = SESSION_RIGHTS.flatMap(({ apiGroups: [group = ""], resources, verbs }) =>
    resources.flatMap((path) => verbs.map((verb) => ({ group, path, verb }))),
  );
  const refused = await Promise.all(
    actions.map(async ({ group, path, verb }) => {
      const [resource = "", subresource] = path.split("/");
      const action = { verb, group, resource, ...(subresource !== undefined && { subresource }), namespace };
      return (await isAllowed(client, action)) ? [] : [`${verb} ${path}`];
    }),
  );
  const [first, ...rest] = refused.flat();
  if (first === undefined) return ok("rights", `sufficient in ${namespace}`);
  const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
  const binding = `kubectl create rolebinding clauderon-daemon -n ${namespace} --role=clauderon-daemon --user=${user}`;
  return missing(
    "rights",
    `you cannot ${first}${more} in ${namespace}`,
    `Run \`kubectl apply -n ${namespace} -f docs/kubernetes-role.yaml\`, then \`${binding}\``,
  );
}

/** A user of one namespace may not be allowed to read objects that the whole cluster shares. */
async function lookedAt(name: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    return {
      name,
      state: "optional",
      message: "you cannot read it: ask an administrator of the cluster whether it exists",
    };
  }
}

const isDefault = ({ metadata }: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }) =>
  metadata.annotations?.[DEFAULT_CLASS] === "true";

const ok = (name: string, message: string): Finding => ({ name, state: "ok", message });

const missing = (name: string, message: string, fix: string): Finding => ({ name, state: "missing", message, fix });
