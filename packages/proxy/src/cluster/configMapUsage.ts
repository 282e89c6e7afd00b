import type { WireObject } from "@clauderon/base";
import { CONFIG_MAPS, isAlreadyExists, isConflict, type KubeClient } from "@clauderon/kube";
import { USAGE_CONFIG_MAP, usageInConfigMap } from "@clauderon/protocol/proxy";
import type { ConfigMap } from "kubernetes-types/core/v1.js";
import type { UsageStore } from "../usage/usageBook.ts";

const MANAGER = "clauderon-proxy";

/** Keeps totals in a ConfigMap that the proxies of the namespace share. */
export function configMapUsage(client: Pick<KubeClient, "get" | "create" | "apply">, namespace: string): UsageStore {
  const ref = { namespace, name: USAGE_CONFIG_MAP };
  const labels = { "app.kubernetes.io/managed-by": MANAGER };
  const empty: WireObject<ConfigMap> = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...ref, labels } };
  return {
    async change(update) {
      for (;;) {
        try {
          const live = (await client.get(CONFIG_MAPS, ref)) ?? (await client.create(CONFIG_MAPS, empty));
          const { resourceVersion = "" } = live.metadata;
          const totals = update(usageInConfigMap(live.data));
          const data = Object.fromEntries(Array.from(totals, ([principal, each]) => [principal, JSON.stringify(each)]));
          const configMap = { ...empty, metadata: { ...empty.metadata, resourceVersion }, data };
          await client.apply(CONFIG_MAPS, configMap, { fieldManager: MANAGER, force: true });
          return;
        } catch (thrown) {
          // Another proxy was first: begin again with what it wrote.
          if (!isAlreadyExists(thrown) && !isConflict(thrown)) throw thrown;
        }
      }
    },
  };
}
