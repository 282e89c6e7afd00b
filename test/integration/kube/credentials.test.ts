import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HttpKubeClient, loadKubeConfig, SERVICE_ACCOUNTS } from "@clauderon/kube";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ApiServer, startApiServer } from "../../kit/apiserver/index.ts";
import { issueCertificate } from "../../kit/apiserver/pki.ts";

let api: ApiServer;
let folder: string;

beforeAll(async () => {
  api = await startApiServer();
  await api.kubectl(["create", "serviceaccount", "runner"]);
  await api.kubectl(["create", "serviceaccount", "other"]);
});
afterAll(async () => await api[Symbol.asyncDispose]());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clauderon-credentials-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Files as the kubelet puts them into a pod: behind two links, one of which is swapped for all files at once. */
function mount(files: Readonly<Record<string, string>>): void {
  const version = `..${performance.now()}`;
  mkdirSync(join(folder, version));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, version, name), content);
    symlinkSync(join("..data", name), join(folder, `.${name}`));
    renameSync(join(folder, `.${name}`), join(folder, name));
  }
  symlinkSync(version, join(folder, "..tmp"));
  renameSync(join(folder, "..tmp"), join(folder, "..data"));
}

function inCluster(): HttpKubeClient {
  const { hostname, port } = new URL(api.url);
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  return track(new HttpKubeClient(loadKubeConfig({ env, serviceAccountDir: folder })));
}

function track(client: HttpKubeClient): HttpKubeClient {
  onTestFinished(async () => await client.close());
  return client;
}

/** Who the API server takes the client for. */
async function whoAmI(client: HttpKubeClient): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const answer = await client.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", { body });
  return (answer.json() as { status: { userInfo: { username: string } } }).status.userInfo.username;
}

const mounted = (token: string) => ({ token, "ca.crt": api.certificateAuthority, namespace: "team-a" });

describe("the credentials of a pod", () => {
  it("follow the file that the kubelet swaps, from the next request on", async () => {
    mount(mounted(await api.serviceAccountToken("default", "runner", { expirationSeconds: 600 })));
    const client = inCluster();
    expect(await whoAmI(client)).toBe("system:serviceaccount:default:runner");
    mount(mounted(await api.serviceAccountToken("default", "other", { expirationSeconds: 600 })));
    expect(await whoAmI(client)).toBe("system:serviceaccount:default:other");
  });

  it("are refused with 401 when they are revoked, and work again when the file has a new token", async () => {
    mount(mounted(await api.serviceAccountToken("default", "runner")));
    const client = inCluster();
    await whoAmI(client);
    await api.revokeTokens();
    await expect(whoAmI(client)).rejects.toMatchObject({ status: 401, reason: "Unauthorized" });
    mount(mounted(await api.serviceAccountToken("default", "runner")));
    expect(await whoAmI(client)).toBe("system:serviceaccount:default:runner");
  });

  it("may have too few permissions: Forbidden, with the server's words", async () => {
    mount(mounted(await api.serviceAccountToken("default", "runner")));
    await expect(inCluster().list(SERVICE_ACCOUNTS)).rejects.toMatchObject({
      status: 403,
      reason: "Forbidden",
      message: expect.stringContaining(
        'User "system:serviceaccount:default:runner" cannot list resource "serviceaccounts"',
      ),
    });
  });
});

const server = () => ({
  server: api.url,
  "certificate-authority-data": Buffer.from(api.certificateAuthority).toString("base64"),
});

/** Puts a client certificate of this user into the folder, in place of the last one. */
async function install(user: string): Promise<void> {
  const authority = dirname(api.kubeconfig);
  await issueCertificate(authority, { name: user, subject: `/CN=${user}` });
  for (const ending of ["crt", "key"]) copyFileSync(join(authority, `${user}.${ending}`), join(folder, `me.${ending}`));
}

function connect(user: object, cluster: object = {}): HttpKubeClient {
  const content = {
    clusters: [{ name: "c", cluster: { ...server(), ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(content));
  return track(new HttpKubeClient(loadKubeConfig({ kubeconfig: join(folder, "kubeconfig") })));
}

describe("the credentials of a kubeconfig", () => {
  it("follow a client certificate that is replaced, on new connections", async () => {
    await install("jane");
    const client = connect({ "client-certificate": "me.crt", "client-key": "me.key" });
    expect(await whoAmI(client)).toBe("jane");
    await install("john");
    expect(await Promise.all(Array.from({ length: 5 }, async () => await whoAmI(client)))).toEqual(
      Array.from({ length: 5 }, () => "john"),
    );
  });

  it("come from the plugin again when its token is revoked", async () => {
    writeFileSync(join(folder, "token"), await api.serviceAccountToken("default", "runner"));
    const script = `echo run >> runs; printf '{"status":{"token":"%s"}}' "$(cat token)"`;
    const client = connect({ exec: { command: "sh", args: ["-c", `cd '${folder}'; ${script}`] } });
    await whoAmI(client);
    await whoAmI(client);
    await api.revokeTokens();
    writeFileSync(join(folder, "token"), await api.serviceAccountToken("default", "runner"));
    expect(await whoAmI(client)).toBe("system:serviceaccount:default:runner");
    expect(readFileSync(join(folder, "runs"), "utf8")).toBe("run\nrun\n");
  });

  it("impersonate another user when configured", async () => {
    const admin = {
      "client-certificate-data": Buffer.from(api.adminCertificate).toString("base64"),
      "client-key-data": Buffer.from(api.adminKey).toString("base64"),
    };
    expect(await whoAmI(connect({ ...admin, as: "jane" }))).toBe("jane");
  });

  it("trust only the named authority, unless verification is disabled", async () => {
    const stranger = connect({ token: "t" }, { "certificate-authority-data": undefined });
    await expect(whoAmI(stranger)).rejects.toMatchObject({
      code: "CLUSTER_UNAVAILABLE",
      message: expect.stringContaining("its certificate is not trusted"),
    });
    const misnamed = connect({ token: "t" }, { "tls-server-name": "elsewhere" });
    await expect(whoAmI(misnamed)).rejects.toMatchObject({
      message: expect.stringContaining("its certificate is for another name"),
    });
    const named = connect({ token: "t" }, { "tls-server-name": "kubernetes.default.svc" });
    await expect(whoAmI(named)).rejects.toMatchObject({ status: 401 });
    const careless = connect(
      { token: "t" },
      { "certificate-authority-data": undefined, "insecure-skip-tls-verify": true },
    );
    await expect(whoAmI(careless)).rejects.toMatchObject({ status: 401 });
  });
});
