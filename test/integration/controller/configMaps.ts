import type { WireObject } from "@clauderon/base";
import { type Informer, type InformerOptions, InformerSet } from "@clauderon/controller";
import { CONFIG_MAPS, HttpKubeClient, type KubeClient, loadKubeConfig } from "@clauderon/kube";
import type { ConfigMap } from "kubernetes-types/core/v1.js";
import { expect, onTestFinished } from "vitest";
import { FakeClock } from "../../kit/fakeClock.ts";
import { recordedLog } from "../../kit/recordedLog.ts";

export type ConfigMapObject = WireObject<ConfigMap>;

export const configMap = (name: string, data: Record<string, string> = {}, namespace = "default"): ConfigMapObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, labels: { app: "test" } },
  data,
});

/** Closed after the test. */
export function connect(kubeconfig: string): HttpKubeClient {
  const client = new HttpKubeClient(loadKubeConfig({ kubeconfig }));
  onTestFinished(() => client.close());
  return client;
}

/** What distinguishes two states of an object. */
const states = (objects: readonly ConfigMapObject[]): string =>
  objects
    .map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`)
    .toSorted()
    .join("\n");

/** An informer of ConfigMaps on a fake clock, and the state a handler pieces together from its events. Ends with the test. */
export async function startInformer(
  client: Pick<KubeClient, "list" | "watch">,
  options: InformerOptions<ConfigMapObject> = { namespace: "default", labelSelector: "app=test" },
) {
  const [clock, { log, lines }, stop] = [new FakeClock(), recordedLog(), new AbortController()];
  const set = new InformerSet(client, { log, clock });
  const informer = set.informer(CONFIG_MAPS, options);
  const told = new Map<string, ConfigMapObject>();
  const events: string[] = [];
  informer.onChange(({ type, object }) => {
    events.push(`${type} ${object.metadata.name}`);
    if (type === "deleted") told.delete(object.metadata.name);
    else told.set(object.metadata.name, object);
  });
  set.start(stop.signal);
  onTestFinished(() => stop.abort());
  await expect.poll(() => informer.synced, { timeout: 20_000 }).toBe(true);
  return { clock, events, informer, lines, told };
}

/** Waits, while the informer's time passes, until the informer and its listeners know exactly what the API server has. */
export async function expectConverged(
  api: KubeClient,
  {
    informer,
    told,
    clock,
  }: { informer: Informer<ConfigMapObject>; told: ReadonlyMap<string, ConfigMapObject>; clock: FakeClock },
): Promise<void> {
  await expect
    .poll(
      async () => {
        await clock.advance(1000);
        const { items } = await api.list(CONFIG_MAPS, { namespace: "default", labelSelector: "app=test" });
        return [states(informer.list()), states([...told.values()])].filter((known) => known !== states(items));
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
}
