import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalCluster } from "./cluster.ts";
import { useCluster } from "./index.ts";
import { runOnNodeNetwork } from "./node.ts";

const cluster = await useCluster();

/** At Pod Security level restricted, with a volume: the shape in which our agents run. */
const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "probe", labels: { app: "probe" } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "probe",
        image: "localhost/base:1",
        imagePullPolicy: "Never",
        command: [
          "tini",
          "--",
          "node",
          "-e",
          "require('http').createServer((_, r) => r.end('from the pod')).listen(8080)",
        ],
        ports: [{ containerPort: 8080 }],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      },
    ],
    volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
  },
};
const CLAIM = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const SERVICE = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "probe" }, ports: [{ port: 80, targetPort: 8080 }] },
};

describe("a pod of the test cluster", () => {
  let namespace = "";
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    server = createServer((_, response) => response.end("from this machine")).listen(0, "0.0.0.0");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
    namespace = await cluster.namespace("kit-pods");
    await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    const items = [CLAIM, POD, SERVICE];
    await inNamespace(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  });
  afterAll(() => void server.close());

  const inNamespace = (args: readonly string[], stdin?: string) =>
    cluster.kubectl(["--namespace", namespace, ...args], stdin);
  const inPod = (...command: readonly string[]) => inNamespace(["exec", "probe", "--", ...command]);
  const fetchInPod = (url: string) =>
    inPod("curl", "--silent", "--show-error", "--max-time", "5", url).catch((error: Error) => error.message);

  it("becomes Ready at Pod Security level restricted, with its volume bound", async () => {
    await inNamespace(["wait", "pod/probe", "--for=condition=Ready", "--timeout=60s"]);
    expect(
      await inNamespace(["get", "pvc", "data", "--output=jsonpath={.status.phase} {.spec.storageClassName}"]),
    ).toBe("Bound standard");
    expect(await inPod("sh", "-c", "echo kept > /data/file; cat /data/file; id -u")).toBe("kept\n65532\n");
  });

  it("finds this machine under the names of the internet", async () => {
    const lookUp = `for (const n of process.argv.slice(1)) require('dns').lookup(n, {family: 4}, (e, a) => console.log(e ? e.code : a))`;
    expect(await inPod("node", "-e", lookUp, "api.anthropic.com")).toBe(`${cluster.nodeAddress}\n`);
    expect(await inPod("node", "-e", lookUp, "github.com")).toBe(`${cluster.nodeAddress}\n`);
    expect(await inPod("node", "-e", lookUp, "example.org")).toBe("ENOTFOUND\n");
    expect(await fetchInPod(`http://api.anthropic.com:${port}/`)).toBe("from this machine");
  });

  it("is reached through its Service, by pods and by this machine", async () => {
    // kube-proxy learns of a Ready pod a moment after the pod itself.
    await expect.poll(() => fetchInPod("http://web/").catch(String), { timeout: 30_000 }).toBe("from the pod");
    const address = await inNamespace(["get", "service", "web", "--output=jsonpath={.spec.clusterIP}"]);
    expect(await (await fetch(`http://${address}/`)).text()).toBe("from the pod");
  });

  // Link-local addresses would lead around network policies, which the kit enforces for IPv4.
  it("has no way to its node by IPv6", async () => {
    const { layout } = new LocalCluster();
    const wires = (await runOnNodeNetwork(layout, ["ip", "-6", "-oneline", "address"])).trim().split("\n");
    expect(wires.filter((line) => !/^\d+: lo /.test(line) && line !== "")).toEqual([]);
  });

  it("reaches nothing outside, nor this machine at its other addresses", async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((at) =>
        at?.family === "IPv4" && !at.internal && at.address !== cluster.nodeAddress ? [at.address] : [],
      );
    const addresses = ["1.1.1.1", ...others, ...Array<string>(10).fill("192.0.2.200")];
    const tryAll =
      'for address; do curl --silent --max-time 5 --output /dev/null --write-out "%{exitcode} " "$address"; done; true';
    const refused = addresses.map(() => "7 ").join("");
    expect(await inPod("sh", "-c", tryAll, "sh", ...addresses.map((address) => `http://${address}:${port}/`))).toBe(
      refused,
    );
    expect(await fetchInPod(`http://${cluster.nodeAddress}:${port}/`)).toBe("from this machine");
  });
});
