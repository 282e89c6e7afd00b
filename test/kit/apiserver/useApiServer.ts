import { HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { afterAll } from "vitest";
import { type ApiServer, type ApiServerOptions, startApiServer } from "./apiServer.ts";

/** An API server for one test file, and a client of its administrator; both go with the file. */
export async function useApiServer(
  options: ApiServerOptions = {},
): Promise<{ readonly api: ApiServer; readonly client: HttpKubeClient }> {
  const api = await startApiServer(options);
  const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: api.kubeconfig }));
  afterAll(async () => {
    await client.close();
    await api[Symbol.asyncDispose]();
  });
  return { api, client };
}
