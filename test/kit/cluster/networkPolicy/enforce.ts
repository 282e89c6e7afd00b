import { type KubeObject, silentLog, type WireObject } from "@clauderon/base";
import { Informer, systemClock } from "@clauderon/controller";
import { HttpKubeClient, loadKubeConfig, NAMESPACES, PODS, type Resource } from "@clauderon/kube";
import type { NetworkPolicy } from "kubernetes-types/networking/v1.js";
import { LocalCluster } from "../cluster.ts";
import { runOnNodeNetwork } from "../node.ts";
import { policyTable } from "./ruleset.ts";

const NETWORK_POLICIES: Resource<WireObject<NetworkPolicy>> = {
  group: "networking.k8s.io",
  version: "v1",
  plural: "networkpolicies",
  kind: "NetworkPolicy",
  namespaced: true,
};

/**
 * Enforces the NetworkPolicies of a namespace of the kit's own cluster, until the returned function is called. A change
 * takes effect within a moment; a pod is free until its address is known, as with most network plugins.
 */
export async function enforcePolicies(namespace: string): Promise<() => Promise<void>> {
  const { layout } = new LocalCluster();
  const table = `kit-policy-${namespace}`;
  const nft = (rules: string) => runOnNodeNetwork(layout, ["nft", rules]);
  const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: layout.kubeconfig }));
  const surroundings = { log: silentLog, clock: systemClock };
  const informer = <T extends KubeObject>(resource: Resource<T>, selection = {}) =>
    new Informer<T>(client, resource, selection, surroundings);
  const pods = informer(PODS);
  const namespaces = informer(NAMESPACES);
  const policies = informer(NETWORK_POLICIES, { namespace });
  const stop = new AbortController();
  let applied = "";
  const apply = async () => {
    const world = { namespace, pods: pods.list(), namespaces: namespaces.list(), policies: policies.list() };
    const rules = policyTable(table, world);
    if (rules === applied) return;
    // One transaction: there is no moment without rules.
    await nft(`table inet ${table} {}; delete table inet ${table}; ${rules}`);
    applied = rules;
  };
  // Each starts after the one before, and sees everything that happened until then.
  let last = Promise.resolve();
  const applySoon = () => {
    last = last.catch(() => undefined).then(apply);
  };
  const runs = [pods, namespaces, policies].map((each) => each.run(stop.signal));
  await Promise.all([pods, namespaces, policies].map((each) => each.whenSynced()));
  for (const each of [pods, namespaces, policies]) each.onChange(applySoon);
  applySoon();
  await last;
  return async () => {
    stop.abort();
    await Promise.all(runs);
    try {
      await last;
    } finally {
      await nft(`table inet ${table} {}; delete table inet ${table}`);
      await client.close();
    }
  };
}
