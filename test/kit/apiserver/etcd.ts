/**
 * Writes one key of no meaning and compacts etcd to that revision: all that happened before is then gone from etcd's history.
 * The API server may still answer a watch from its own watch cache, until it is restarted or when it runs without one.
 */
export async function compactEtcd(url: string): Promise<void> {
  const pair = { key: base64("/test-kit/compaction"), value: base64("now") };
  const { header } = (await post(`${url}/v3/kv/put`, pair)) as { header: { revision: string } };
  await post(`${url}/v3/kv/compaction`, { revision: header.revision, physical: true });
}

/** True once etcd serves; undefined before, as `waitUntil` asks. */
export async function isEtcdReady(url: string): Promise<true | undefined> {
  return (await fetch(`${url}/health`)).ok ? true : undefined;
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const content = await response.text();
  if (!response.ok) throw new Error(`etcd refused ${url}: ${content}`);
  return JSON.parse(content);
}

function base64(words: string): string {
  return Buffer.from(words).toString("base64");
}

if (import.meta.main) await compactEtcd(process.argv[2] ?? "");
