import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crds, KINDS } from "@clauderon/kinds";
import type { KubeObject } from "@clauderon/base";
import { ApiError, HttpKubeClient, loadKubeConfig } from "@clauderon/kube";
import { parseAllDocuments } from "yaml";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { readKitConfig } from "../../kit/cluster/config.ts";

/** A real API server that serves the eight kinds. */
export interface KindsServer extends AsyncDisposable {
  readonly api: ApiServer;
  /** The server's verdict on a strict dry-run create. */
  create(manifest: unknown): Promise<Verdict>;
}

/** The server's verdict: the object as it would store it, or the lines of its refusal. */
export type Verdict = { readonly stored: KubeObject } | { readonly refused: readonly string[] };

/** Starts an API server and installs the kinds. Each is served when this resolves. */
export async function startKindsServer(): Promise<KindsServer> {
  const api = await startApiServer();
  await api.kubectl(["create", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: crds() }));
  await api.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=20s"]);
  const client = new HttpKubeClient(loadKubeConfig({ kubeconfig: api.kubeconfig }));
  return {
    api,
    create: async (manifest) => {
      const path = `${collection(manifest)}?dryRun=All&fieldValidation=Strict`;
      try {
        const answer = await client.request("POST", path, { body: manifest });
        return { stored: answer.json() as KubeObject };
      } catch (error) {
        if (error instanceof ApiError) return { refused: refusal(error) };
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

/**
 * Messages as a comparison needs them. Those of the newest Kubernetes are what our validation says word by word; earlier ones
 * word the same refusals differently, so that only the refused fields count.
 */
export function comparable(messages: readonly string[]): readonly string[] {
  if (readKitConfig().apiServerVersion === "newest") return messages.toSorted();
  const fields = messages.map((message) => message.split(": ")[0] ?? "");
  return [...new Set(fields.filter((field) => field !== NO_FIELD))].toSorted();
}

/** Where a message has no field: for rules that the server did not check, because other values are invalid. */
const NO_FIELD = "<nil>";

/** All documents of the YAML files of a folder. */
export function readManifests(folder: string): KubeObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return files.flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), "utf8")).map((one) => one.toJS()));
}

function collection(manifest: unknown): string {
  const { apiVersion, kind } = manifest as KubeObject;
  const plural = KINDS.find((ours) => ours.kind === kind)?.plural ?? "";
  return `/apis/${apiVersion}/namespaces/default/${plural}`;
}

function refusal({ message, details }: ApiError): string[] {
  const strict = /strict decoding error: .*$/.exec(message);
  if (strict !== null) return [strict[0]];
  return (details?.causes ?? []).map((cause) => `${cause.field}: ${cause.message}`).toSorted();
}
