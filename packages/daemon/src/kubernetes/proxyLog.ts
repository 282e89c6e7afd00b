import { parseJsonObject } from "@clauderon/base";
import { type KubeClient, PODS } from "@clauderon/kube";
import { type AuditRecord, auditRecordSchema, PROXY_SERVICE } from "@clauderon/protocol/proxy";

/** Some thousand decisions of each pod. */
const LINES = 5_000;
const MAX_BYTES = 4_194_304;

/** The latest decisions of the proxy of a namespace, oldest first, from the logs of its pods. */
export async function readProxyLog(
  client: Pick<KubeClient, "list" | "request">,
  namespace: string,
): Promise<readonly AuditRecord[]> {
  const { items } = await client.list(PODS, { namespace, labelSelector: `app=${PROXY_SERVICE}` });
  const running = items.filter(({ status }) => status?.phase === "Running");
  const logs = await Promise.all(
    running.map(async ({ metadata: { name } }) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?tailLines=${LINES}&limitBytes=${MAX_BYTES}`;
      return (await client.request("GET", path)).text;
    }),
  );
  return logs.flatMap(decisionsIn).toSorted((a, b) => (a.time < b.time ? -1 : 1));
}

/** The decisions among the lines of a log. */
function decisionsIn(log: string): readonly AuditRecord[] {
  return log.split("\n").flatMap((line) => auditRecordSchema.safeParse(parseJsonObject(line)).data ?? []);
}
