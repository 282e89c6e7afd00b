import { afterAll, beforeAll, expect, it } from "vitest";
import { type BoundaryTest, REFUSED_BY_PROXY } from "../kit/boundaryTest.ts";
import { enforcePolicies } from "../kit/cluster/networkPolicy/enforce.ts";
import { AGENT_IMAGE } from "../kit/cluster/projectImages.ts";
import { text, toolUse } from "../kit/internet/messages/turns.ts";
import { type NetworkAttempt, repeatUdp, tryCommand } from "./networkAttempts.ts";
import { PodUser } from "./podUser.ts";
import { ProxyInNamespace } from "./proxyInNamespace.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

// A session whose pod is behind the proxy of its namespace, installed by its chart, with NetworkPolicies that are enforced.
const API_KEY = "sk-ant-api03-the-real-key-0123456789";
const GITHUB = "ghp_the-real-token-of-the-user-0123456789";
const PUSH = "git push -q https://github.com/team/project HEAD:refs/heads/from-the-pod; echo pushed $?";
const { cluster, namespace, internet } = await useNamespace("boundary", {
  messages: {
    script: ({ turn, toolResults }) =>
      turn === 0
        ? toolUse("Bash", { command: PUSH, description: "Push" })
        : text(`The tool said: ${toolResults.map((result) => result.text).join()}`),
  },
  git: { repositories: { "team/project": { files: { "README.md": "hello" } } }, tokens: { [GITHUB]: "push" } },
});
const udp = await repeatUdp(cluster.nodeAddress);
let proxy: ProxyInNamespace;
let attempts: readonly NetworkAttempt[];
let stopEnforcing: (() => Promise<void>) | undefined;

/** Another pod of the namespace, without a boundary, that listens on a port; and a node port that leads to it. */
const OTHER = [
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "other", labels: { app: "other" } },
    spec: {
      containers: [
        {
          name: "other",
          image: AGENT_IMAGE,
          imagePullPolicy: "Never",
          command: ["tini", "--", "node", "-e", "require('net').createServer((s) => s.end('hi')).listen(8080)"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "other" },
    spec: { type: "NodePort", selector: { app: "other" }, ports: [{ port: 8080 }] },
  },
];

beforeAll(async () => {
  await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  proxy = await ProxyInNamespace.install(cluster, namespace, internet);
  await proxy.kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: OTHER }));
  await proxy.kubectl(["wait", "pod/other", "--for=condition=Ready", "--timeout=90s"]);
  attempts = await waysAround();
  const reached = await proxy.kubectl(["exec", "other", "--", ...tryCommand(attempts, "Pass")]);
  const names = attempts.map(({ what }) => what);
  if (reached.trim() !== JSON.stringify(names)) throw new Error(`Without a policy, only these are reached: ${reached}`);
});

afterAll(() => stopEnforcing?.());

it("an agent is not started in a pod whose network policy nobody enforces", async () => {
  const user = new PodUser(cluster, namespace);
  await user.run(["credentials", "set", "ANTHROPIC_API_KEY"], { stdin: API_KEY });
  const created = await user.run(["create", "--name=leaky", "--egress=enforce", "--prompt=say hello"]);
  expect(created.exitCode).toBe(6);
  expect(created.stderr).toMatch(/BOUNDARY_LEAKS.*the API server at \S+:443.*DNS at/s);
  expect(await user.status("leaky")).toMatchObject({ reason: "BoundaryLeaks" });
  await user.ok("delete", "--discard-work", "leaky");
  stopEnforcing = await enforcePolicies(namespace);
});

async function waysAround(): Promise<readonly NetworkAttempt[]> {
  const field = async (what: string, path: string, place = namespace) =>
    (await cluster.kubectl(["get", what, "--namespace", place, `--output=jsonpath={${path}}`])).trim();
  const node = await field("nodes", ".items[0].status.addresses[?(@.type=='InternalIP')].address");
  const dns = await field("service/kube-dns", ".spec.clusterIP", "kube-system");
  const [replica = ""] = await proxy.pods();
  return [
    { what: "the internet by IPv4", address: internet.address, port: 443 },
    { what: "DNS", address: dns, port: 53, protocol: "UDP" },
    { what: "DNS over TCP", address: dns, port: 53 },
    { what: "UDP, as QUIC uses", address: cluster.nodeAddress, port: udp, protocol: "UDP" },
    {
      what: "the API server by its Service",
      address: await field("service/kubernetes", ".spec.clusterIP", "default"),
      port: 443,
    },
    { what: "the API server by its node", address: node, port: 6443 },
    { what: "the kubelet", address: node, port: 10_250 },
    { what: "a node port", address: node, port: Number(await field("service/other", ".spec.ports[0].nodePort")) },
    { what: "another pod", address: await field("pod/other", ".status.podIP"), port: 8080 },
    { what: "another pod by its Service", address: await field("service/other", ".spec.clusterIP"), port: 8080 },
    { what: "the metrics of the proxy", address: await field(`pod/${replica}`, ".status.podIP"), port: 3031 },
  ];
}

it("an agent in a pod with a boundary works with placeholders, and reaches nothing past the proxy nor what it may not by it", async () => {
  const user = new PodUser(cluster, namespace);
  for (const [name, value] of [
    ["ANTHROPIC_API_KEY", API_KEY],
    ["GH_TOKEN", GITHUB],
  ] as const)
    expect(await user.run(["credentials", "set", name], { stdin: value })).toMatchObject({ exitCode: 0 });
  const create = [
    "create",
    "--name=web",
    "--agent=claude-code",
    "--permission-mode=bypassPermissions",
    "--egress=enforce",
  ];
  const grants = [
    "--allow=api.anthropic.com",
    "--allow=github.com",
    "--credential=GH_TOKEN",
    "--prompt=Push it",
    "--print",
  ];
  expect(await user.ok(...create, ...grants)).toContain("The tool said: pushed 0");
  const inPod = (command: readonly string[]) => proxy.kubectl(["exec", "clauderon-web", "--", ...command]);
  const shell = (script: string) => inPod(["bash", "-c", script]);

  const turns = internet.messages.requests.filter(({ path }) => path.startsWith("/v1/messages"));
  expect(turns.length).toBeGreaterThan(1);
  expect(new Set(turns.map(({ headers }) => headers["x-api-key"]))).toEqual(new Set([API_KEY]));
  expect(await internet.git.branches("team/project")).toContain("from-the-pod");
  const own = await proxy.kubectl(["get", "pod,pvc,configmap", "--selector=session=web", "--output=yaml"]);
  const inside = await shell(
    "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; grep -r -e sk-ant -e ghp_ /etc /workspace/home /run 2>/dev/null || true",
  );
  expect(inside).toContain("sk-ant-api03-clauderon");
  for (const secret of [API_KEY, GITHUB]) {
    expect(own).not.toContain(secret);
    expect(inside).not.toContain(secret);
  }

  expect(await inPod(tryCommand(attempts, "Drop"))).toBe("[]\n");
  expect(await shell("curl -sv http://clauderon-proxy:3030/health 2>&1")).toMatch(/HTTP\/1.1 200 OK[^]*ok/);
  const other = attempts.find(({ what }) => what === "another pod");
  const tested = await user.ok("boundary", "test", "web", "--json", "--also", `${other?.address}:${other?.port}`);
  const { items } = JSON.parse(tested) as BoundaryTest;
  expect(items.filter(({ isThrough, isOdd }) => isThrough || isOdd)).toEqual([]);
  expect(items.map(({ what, said }) => [what, said])).toEqual(expect.arrayContaining([...REFUSED_BY_PROXY]));
  const around = [
    "the internet",
    "the API server",
    "DNS of the cluster",
    "the kubelet",
    `${other?.address}:${other?.port}`,
  ];
  expect(items.map(({ what }) => what)).toEqual(expect.arrayContaining(around));
  const reasons = async () => (await proxy.refused()).map(({ reason }) => reason);
  await expect.poll(reasons, PATIENCE).toEqual(expect.arrayContaining(REFUSED_BY_PROXY.map(([, reason]) => reason)));
  expect(internet.attacker.requests).toEqual([]);

  const shown = await user.ok("egress", "web");
  expect(shown).toMatch(/HostNotListed {2}CONNECT attacker\.example\.com/);
  expect(shown).not.toContain("boundary-check.invalid");
  const attacker = "curl -sS -m 20 -o /dev/null -w '%{http_code}' https://attacker.example.com/ || true";
  expect(await shell(attacker)).toBe("000");
  await user.ok("egress", "allow", "web", "attacker.example.com");
  await expect.poll(() => shell(attacker), PATIENCE).toBe("200");
  expect(await user.ok("egress", "web")).toContain("attacker.example.com  (user)");
  const details = await user.ok("show", "web");
  expect(details).toMatch(/^Egress: +Enforce \(pod, proxy, verified\)$/m);
  expect(details).toMatch(/^Refused: +\d+ requests lately; /m);
  expect(details).toMatch(/^Usage: +\d+ calls: .* tokens in, .* out, \$0\.\d+/m);
  await user.ok("delete", "--discard-work", "web");
  expect(await user.objects("web")).toBe("");
});

it("an agent in a pod continues after the proxy was replaced, and reaches nothing while it is away", async () => {
  const user = new PodUser(cluster, namespace);
  await user.run(["credentials", "set", "ANTHROPIC_API_KEY"], { stdin: API_KEY });
  await user.ok("create", "--name=loss", "--egress=enforce", "--allow=api.anthropic.com", "--prompt=say hello");
  const curl = "curl -sS -m 20 -o /dev/null -w '%{http_connect}' https://api.anthropic.com/ || true";
  const ask = () => proxy.kubectl(["exec", "clauderon-loss", "--", "bash", "-c", curl]);
  expect(await ask()).toBe("200");
  await proxy.kubectl(["rollout", "restart", "deployment/clauderon-proxy"]);
  await proxy.kubectl(["rollout", "status", "deployment/clauderon-proxy", "--timeout=120s"]);
  expect(await ask()).toBe("200");
  await proxy.kubectl(["scale", "deployment/clauderon-proxy", "--replicas=0"]);
  await proxy.kubectl(["wait", "pod", "--selector=app=clauderon-proxy", "--for=delete", "--timeout=120s"]);
  expect(await ask()).toBe("000");
  await proxy.kubectl(["scale", "deployment/clauderon-proxy", "--replicas=2"]);
  await expect.poll(ask, PATIENCE).toBe("200");
  await user.ok("archive", "loss");
  await expect.poll(() => user.podUid("loss"), PATIENCE).toBe("");
  await user.ok("delete", "--discard-work", "loss");
});
