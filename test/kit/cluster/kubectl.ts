import { dirname, join } from "node:path";
import { run } from "./run.ts";
import { toolPath } from "./tools.ts";

/** Runs kubectl with a kubeconfig; a machine's HTTP proxy is not on the way to the cluster. */
export async function kubectl(kubeconfig: string, args: readonly string[], stdin?: string): Promise<string> {
  const env = { HTTPS_PROXY: "", https_proxy: "", HTTP_PROXY: "", http_proxy: "" };
  const own = [`--kubeconfig=${kubeconfig}`, kubectlCacheFlag(kubeconfig)];
  return await run(await toolPath("kubectl"), [...own, ...args], stdin === undefined ? { env } : { env, input: stdin });
}

/** kubectl remembers what the server offers beside its kubeconfig, not in the user's home. */
export function kubectlCacheFlag(kubeconfig: string): string {
  return `--cache-dir=${join(dirname(kubeconfig), "kubectl-cache")}`;
}
