import type { RequestOptions } from "node:https";
import { Fault, messageOf, Secret } from "@clauderon/base";
import type { ClusterEntry, ExecEntry, UserEntry } from "./kubeConfigFile.ts";

/** The result of a plugin: a token, a client certificate, or both. */
export interface PluginCredential {
  readonly authorization?: Secret;
  readonly cert?: string;
  readonly key?: Secret;
}

/** The part of client-node's authenticators that we use; they cache a credential until it expires. */
interface Authenticator {
  applyAuthentication(user: object, options: RequestOptions): Promise<void>;
}

/**
 * Each is loaded from its own file when first needed. These files are not documented entry points, but the package's
 * main entry loads every model of the API (docs/decisions/0009-libraries.md). The test loads all of them, so that an
 * upgrade cannot move one unnoticed.
 */
export const AUTHENTICATORS: Readonly<Record<string, () => Promise<Authenticator>>> = {
  exec: async () => new (await import("@kubernetes/client-node/dist/exec_auth.js")).ExecAuth(),
  oidc: async () => new (await import("@kubernetes/client-node/dist/oidc_auth.js")).OpenIDConnectAuth(),
  gcp: async () => new (await import("@kubernetes/client-node/dist/gcp_auth.js")).GoogleCloudPlatformAuth(),
  azure: async () => new (await import("@kubernetes/client-node/dist/azure_auth.js")).AzureAuth(),
};

/** Credentials from a program (`exec`) or an `auth-provider`. Concurrent readers share one call of it. */
export class CredentialPlugin {
  readonly #name: string;
  readonly #user: object;
  readonly #what: string;
  readonly #installHint: string | undefined;
  #authenticator: Promise<Authenticator> | undefined;
  #running: Promise<PluginCredential> | undefined;

  /** Undefined for a user whose credentials need no plugin. */
  static of(user: UserEntry, cluster: ClusterEntry): CredentialPlugin | undefined {
    return user.exec === undefined && user["auth-provider"] === undefined
      ? undefined
      : new CredentialPlugin(user, cluster);
  }

  private constructor(user: UserEntry, cluster: ClusterEntry) {
    const provider = user["auth-provider"];
    this.#name = user.exec === undefined ? (provider?.name ?? "") : "exec";
    this.#what = user.exec === undefined ? `auth provider "${this.#name}"` : `plugin "${user.exec.command}"`;
    this.#installHint = user.exec?.installHint;
    this.#user = {
      name: "user",
      ...(user.exec === undefined ? {} : { exec: withExecInfo(user.exec, cluster) }),
      ...(provider === undefined ? {} : { authProvider: { name: provider.name, config: { ...provider.config } } }),
    };
    if (AUTHENTICATORS[this.#name] === undefined) {
      throw new Fault("CONFIG_INVALID", `The kubeconfig names the unknown ${this.#what}`);
    }
  }

  read(): Promise<PluginCredential> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The next read runs the plugin again, or shares the call that is already running. */
  forget(): void {
    if (this.#running === undefined) this.#authenticator = undefined;
  }

  async #ask(): Promise<PluginCredential> {
    const options: RequestOptions = { headers: {} };
    try {
      this.#authenticator ??= AUTHENTICATORS[this.#name]?.();
      await (await this.#authenticator)?.applyAuthentication(this.#user, options);
    } catch (cause) {
      throw new Fault("CREDENTIAL_MISSING", `The ${this.#what} gave no credentials: ${firstLines(cause)}`, {
        hint: this.#installHint ?? `Run it by hand and see why it fails`,
        cause,
      });
    }
    const header = (options.headers as Record<string, string>)["Authorization"];
    return {
      ...(header === undefined ? {} : { authorization: new Secret(header) }),
      ...(options.cert === undefined ? {} : { cert: options.cert as string }),
      ...(options.key === undefined ? {} : { key: new Secret(options.key as string) }),
    };
  }
}

const MAX_TEXT = 500;

function firstLines(cause: unknown): string {
  return messageOf(cause).trim().slice(0, MAX_TEXT) || "it failed without output";
}

/** KUBERNETES_EXEC_INFO as client-go sets it; some plugins read the API version from it. */
function withExecInfo(exec: ExecEntry, cluster: ClusterEntry): ExecEntry {
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster) } : {}) },
  };
  return { ...exec, env: [...(exec.env ?? []), { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) }] };
}

const clusterInfo = (cluster: ClusterEntry) => ({
  server: cluster.server,
  "tls-server-name": cluster["tls-server-name"],
  "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
  "certificate-authority-data": cluster["certificate-authority-data"],
});
