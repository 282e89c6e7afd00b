import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { Fault } from "@clauderon/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KubeConfigOptions, loadKubeConfig } from "./loadKubeConfig.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clauderon-kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

/** A kubeconfig whose cluster, user and context have the name of the file. */
function write(name: string, parts: Parts = {}): string {
  const path = join(folder, name);
  const content = {
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...parts.cluster } }],
    users: [{ name, user: parts.user ?? {} }],
    contexts: [{ name, context: { cluster: name, user: name, ...parts.context } }],
    "current-context": name,
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function put(name: string, content: string): string {
  mkdirSync(join(folder, "files"), { recursive: true });
  writeFileSync(join(folder, "files", name), content);
  return join("files", name);
}

function faultOf(options: KubeConfigOptions): Fault {
  try {
    loadKubeConfig(options);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("No fault was thrown");
}

const authorizationOf = async (options: KubeConfigOptions) =>
  (await loadKubeConfig(options).credentials()).authorization?.reveal();

describe("loadKubeConfig finds the cluster", () => {
  it("in the file given, before KUBECONFIG", () => {
    const env = { KUBECONFIG: write("env") };
    expect(loadKubeConfig({ kubeconfig: write("given"), env }).server.host).toBe("given.example:6443");
    expect(loadKubeConfig({ env }).server.host).toBe("env.example:6443");
  });

  it("in KUBECONFIG's list: skips missing files, takes the first file that names a thing, and knows the contexts of all files", () => {
    const first = write("first", { context: { namespace: "team-a" } });
    const second = write("second");
    const late = join(folder, "late");
    writeFileSync(late, readFileSync(first, "utf8").replaceAll("first.example", "late.example"));
    const list = [join(folder, "missing"), first, late, second, ""].join(delimiter);
    expect(loadKubeConfig({ env: { KUBECONFIG: list } })).toMatchObject({
      namespace: "team-a",
      server: expect.objectContaining({ host: "first.example:6443" }),
    });
    const chosen = loadKubeConfig({ env: { KUBECONFIG: list }, context: "second" });
    expect([chosen.server.host, chosen.namespace]).toEqual(["second.example:6443", "default"]);
  });

  it("in the pod's service account when nothing else is configured, otherwise in the home folder", async () => {
    const serviceAccountDir = join(folder, "files");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "8443", HOME: folder };
    mkdirSync(join(folder, ".kube"));
    writeFileSync(join(folder, ".kube", "config"), readFileSync(write("home")));
    expect(loadKubeConfig({ env, serviceAccountDir }).server.host).toBe("home.example:6443");
    put("token", "pod-token\n");
    put("ca.crt", "CA");
    put("namespace", "team-b\n");
    const access = loadKubeConfig({ env, serviceAccountDir });
    expect([access.server.host, access.namespace]).toEqual(["[fd00::1]:8443", "team-b"]);
    const credentials = await access.credentials();
    expect(credentials).toMatchObject({ tls: { ca: "CA", insecure: false } });
    expect(credentials.authorization?.reveal()).toBe("Bearer pod-token");
    expect(loadKubeConfig({ env: {}, serviceAccountDir }).server.host).toBe("kubernetes.default.svc");
    expect(loadKubeConfig({ env, serviceAccountDir, context: "home" }).server.host).toBe("home.example:6443");
  });

  it("and names a missing or invalid file", () => {
    const missing = join(folder, "missing");
    expect(faultOf({ kubeconfig: missing })).toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining(`"${missing}"`),
    });
    expect(faultOf({ env: { KUBECONFIG: missing } }).message).toContain(`there is no "${missing}"`);
    writeFileSync(missing, "token: [hunter2");
    expect(faultOf({ kubeconfig: missing })).toMatchObject({ code: "CONFIG_INVALID" });
    expect(inspect(faultOf({ kubeconfig: missing }))).not.toContain("hunter2");
  });

  it("and lists the existing contexts, clusters and users when one is missing", () => {
    const one = write("one");
    const list = [one, write("two", { context: { cluster: "three" } }), write("four", { context: { user: "five" } })];
    const env = { KUBECONFIG: list.join(delimiter) };
    expect(faultOf({ env, context: "six" })).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('There is no context "six" in'),
      hint: expect.stringMatching(/"one".*/),
    });
    expect(faultOf({ env, context: "six" }).hint).toContain('"two"');
    expect(faultOf({ env, context: "two" }).message).toContain('Context "two" names cluster "three"');
    expect(faultOf({ env, context: "two" }).hint).toContain('"four"');
    expect(faultOf({ env, context: "four" }).message).toContain('Context "four" names user "five"');
    writeFileSync(one, "{}");
    expect(faultOf({ kubeconfig: one }).message).toContain("No context is chosen");
  });

  it.each([
    ["server", { server: "ftp://x" }],
    ["server", { server: "no url" }],
    ["proxy-url", { "proxy-url": "socks4://127.0.0.1:1080" }],
  ])("and refuses a %s that it does not support", (field, cluster) => {
    const fault = faultOf({ kubeconfig: write("odd", { cluster }) });
    expect(fault.code).toBe("CONFIG_INVALID");
    expect(fault.message).toContain(field);
  });
});

describe("the credentials of a kubeconfig", () => {
  it("are a token, a token file that is read each time, or user and password", async () => {
    expect(await authorizationOf({ kubeconfig: write("token", { user: { token: "t" } }) })).toBe("Bearer t");
    const basic = write("basic", { user: { username: "me", password: "pass" } });
    expect(await authorizationOf({ kubeconfig: basic })).toBe(`Basic ${Buffer.from("me:pass").toString("base64")}`);
    const tokenFile = put("rotating", "first\n");
    const access = loadKubeConfig({ kubeconfig: write("file", { user: { tokenFile } }) });
    expect((await access.credentials()).authorization?.reveal()).toBe("Bearer first");
    put("rotating", "second");
    expect((await access.credentials()).authorization?.reveal()).toBe("Bearer second");
    rmSync(join(folder, tokenFile));
    await expect(access.credentials()).rejects.toMatchObject({ code: "CREDENTIAL_MISSING" });
  });

  it("are a client certificate by data or by file, relative to the kubeconfig", async () => {
    const user = {
      "client-certificate": put("me.crt", "CERT"),
      "client-key-data": Buffer.from("KEY").toString("base64"),
    };
    const cluster = { "certificate-authority": put("ca.crt", "CA"), "tls-server-name": "kubernetes" };
    const { tls } = await loadKubeConfig({ kubeconfig: write("tls", { user, cluster }) }).credentials();
    expect(tls).toMatchObject({ ca: "CA", cert: "CERT", servername: "kubernetes", insecure: false });
    expect(tls.key?.reveal()).toBe("KEY");
    const insecure = write("insecure", { cluster: { "insecure-skip-tls-verify": true } });
    expect((await loadKubeConfig({ kubeconfig: insecure }).credentials()).tls.insecure).toBe(true);
  });

  it("carry impersonation", async () => {
    const user = { as: "jane", "as-uid": "7", "as-groups": ["dev", "ops"] };
    expect((await loadKubeConfig({ kubeconfig: write("as", { user }) }).credentials()).impersonation).toEqual({
      "impersonate-user": "jane",
      "impersonate-uid": "7",
      "impersonate-group": ["dev", "ops"],
    });
  });

  it("never appear in printed text", async () => {
    const user = { token: "hunter2", "client-key-data": Buffer.from("hunter2").toString("base64") };
    const kubeconfig = write("secret", { user, cluster: { server: "https://me:hunter2@secret.example" } });
    const access = loadKubeConfig({ kubeconfig });
    const credentials = await access.credentials();
    expect(inspect([access, credentials], { depth: 9 }) + JSON.stringify([access, credentials])).not.toContain(
      "hunter2",
    );
  });
});

/** A user whose credentials an executable of this script prints; its argument is `status`. */
function plugin(script: string, status = ""): { readonly exec: object } {
  put("plugin", `#!/bin/sh\ncd "$(dirname "$0")"\n${script}\n`);
  chmodSync(join(folder, "files", "plugin"), 0o700);
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./files/plugin",
      args: [status],
      installHint: "Install it",
      provideClusterInfo: true,
    },
  };
}

/** Counts its runs in a file and gives that number as the token. */
const COUNT = `echo run >> runs; printf '{"status":{"token":"%s"%s}}' "$(grep -c run runs)" "$1"`;

describe("a credential plugin", () => {
  it("runs once for many requests, and again when its token was refused", async () => {
    const access = loadKubeConfig({ kubeconfig: write("exec", { user: plugin(COUNT) }) });
    const many = await Promise.all(Array.from({ length: 20 }, () => access.credentials()));
    expect(new Set(many.map((one) => one.authorization?.reveal()))).toEqual(new Set(["Bearer 1"]));
    const renewed = await Promise.all(many.map((refused) => access.renew(refused)));
    expect(new Set(renewed.map((one) => one.authorization?.reveal()))).toEqual(new Set(["Bearer 2"]));
    expect(
      (await access.renew(many[0] ?? { impersonation: {}, tls: { insecure: false } })).authorization?.reveal(),
    ).toBe("Bearer 2");
  });

  it("runs again when its credentials have expired", async () => {
    const expired = ',"expirationTimestamp":"2020-01-01T00:00:00Z"';
    const access = loadKubeConfig({ kubeconfig: write("exec", { user: plugin(COUNT, expired) }) });
    await access.credentials();
    expect((await access.credentials()).authorization?.reveal()).toBe("Bearer 2");
  });

  it("can return a client certificate, and gets information about the cluster", async () => {
    const script = `echo "$KUBERNETES_EXEC_INFO" > info
      echo '{"status":{"clientCertificateData":"CERT","clientKeyData":"KEY"}}'`;
    const access = loadKubeConfig({ kubeconfig: write("exec", { user: plugin(script) }) });
    const { tls } = await access.credentials();
    expect([tls.cert, tls.key?.reveal()]).toEqual(["CERT", "KEY"]);
    expect(JSON.parse(readFileSync(join(folder, "files", "info"), "utf8"))).toMatchObject({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1",
      spec: { interactive: false, cluster: { server: "https://exec.example:6443" } },
    });
  });

  it("causes a Fault with its own words and its install hint when it fails", async () => {
    const access = loadKubeConfig({ kubeconfig: write("exec", { user: plugin("echo please log in >&2; exit 1") }) });
    await expect(access.credentials()).rejects.toMatchObject({
      code: "CREDENTIAL_MISSING",
      message: expect.stringContaining("please log in"),
      hint: "Install it",
    });
    const absent = { exec: { command: "clauderon-no-such-plugin" } };
    await expect(loadKubeConfig({ kubeconfig: write("none", { user: absent }) }).credentials()).rejects.toMatchObject({
      message: expect.stringContaining("clauderon-no-such-plugin"),
    });
    const unknown = { "auth-provider": { name: "telepathy" } };
    expect(faultOf({ kubeconfig: write("odd", { user: unknown }) }).message).toContain('auth provider "telepathy"');
  });

  it("of the kind oidc returns its id token", async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 4_000_000_000 })).toString("base64url");
    const user = { "auth-provider": { name: "oidc", config: { "id-token": `e30.${claims}.x` } } };
    expect(await authorizationOf({ kubeconfig: write("oidc", { user }) })).toBe(`Bearer e30.${claims}.x`);
  });
});
