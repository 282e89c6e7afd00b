import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Fault } from "@clauderon/base";
import { createAccess } from "./createAccess.ts";
import type { KubeAccess } from "./kubeAccess.ts";
import { type KubeConfigFile, mergeKubeConfigFiles, readKubeConfigFile } from "./kubeConfigFile.ts";
import { type Environment, proxyFromEnvironment } from "./proxyFromEnvironment.ts";

/** Where to look for the cluster, and which one to use. */
export interface KubeConfigOptions {
  /** Only this file. */
  readonly kubeconfig?: string;
  /** Instead of the current context. */
  readonly context?: string;
  /**
   * The caller's environment, from which KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST and _PORT, HTTPS_PROXY, HTTP_PROXY
   * and NO_PROXY are read.
   */
  readonly env?: Environment;
  /** Where the pod's token, `ca.crt` and namespace are mounted. */
  readonly serviceAccountDir?: string;
}

const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Finds the API server as kubectl does: in the given file; else in KUBECONFIG, a list of files of which missing ones
 * are skipped and the first to name a thing wins; else by the pod's service account; else in `~/.kube/config`.
 * HTTPS_PROXY and NO_PROXY apply to a cluster without `proxy-url`. When a file, context, cluster or user is missing, a
 * Fault names it and lists those that exist.
 */
export function loadKubeConfig(options: KubeConfigOptions = {}): KubeAccess {
  const env = options.env ?? {};
  const access = findAccess(options, env);
  const proxy = access.proxy ?? proxyFromEnvironment(access.server, env);
  return proxy === undefined ? access : { ...access, proxy };
}

function findAccess(options: KubeConfigOptions, env: Environment): KubeAccess {
  if (options.kubeconfig !== undefined) return fromFiles([options.kubeconfig], options.context);
  if (env["KUBECONFIG"]) return fromList(env["KUBECONFIG"].split(delimiter), options.context);
  const serviceAccountDir = options.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
  if (options.context === undefined && existsSync(join(serviceAccountDir, "token"))) {
    return fromServiceAccount(serviceAccountDir, env);
  }
  return fromList([join(env["HOME"] || "/", ".kube", "config")], options.context);
}

function fromList(paths: readonly string[], context: string | undefined): KubeAccess {
  const present = paths.filter((path) => path !== "" && existsSync(path));
  if (present.length > 0) return fromFiles(present, context);
  throw new Fault("CONFIG_INVALID", `No Kubernetes cluster is configured: there is no ${quoted(paths)}`, {
    hint: "Set KUBECONFIG or give --kubeconfig",
  });
}

function fromFiles(paths: readonly string[], wanted: string | undefined): KubeAccess {
  const file = mergeKubeConfigFiles(paths.map(readKubeConfigFile));
  const where = quoted(paths);
  const name = wanted ?? file.currentContext;
  if (name === undefined) {
    throw new Fault("CONFIG_INVALID", `No context is chosen in ${where}`, { hint: contextsHint(file) });
  }
  const context = file.contexts.get(name);
  if (context === undefined) {
    throw new Fault("CONFIG_INVALID", `There is no context "${name}" in ${where}`, { hint: contextsHint(file) });
  }
  const cluster = file.clusters.get(context.cluster ?? "");
  if (cluster === undefined) {
    throw new Fault(
      "CONFIG_INVALID",
      `Context "${name}" names cluster "${context.cluster}", which is not in ${where}`,
      {
        hint: `Available clusters: ${quoted([...file.clusters.keys()])}`,
      },
    );
  }
  const user = context.user === undefined ? {} : file.users.get(context.user);
  if (user === undefined) {
    throw new Fault("CONFIG_INVALID", `Context "${name}" names user "${context.user}", which is not in ${where}`, {
      hint: `Available users: ${quoted([...file.users.keys()])}`,
    });
  }
  return { ...createAccess(cluster, user, context.namespace), context: name };
}

function fromServiceAccount(folder: string, env: Readonly<Record<string, string | undefined>>): KubeAccess {
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "kubernetes.default.svc";
  const address = host.includes(":") ? `[${host}]` : host;
  const namespaceFile = join(folder, "namespace");
  return createAccess(
    {
      server: `https://${address}:${env["KUBERNETES_SERVICE_PORT"] ?? "443"}`,
      "certificate-authority": join(folder, "ca.crt"),
    },
    { tokenFile: join(folder, "token") },
    existsSync(namespaceFile) ? readFileSync(namespaceFile, "utf8").trim() : undefined,
  );
}

const contextsHint = (file: KubeConfigFile) => `Available contexts: ${quoted([...file.contexts.keys()])}`;

const quoted = (names: readonly string[]) =>
  names.length === 0 ? "none" : names.map((name) => `"${name}"`).join(", ");
