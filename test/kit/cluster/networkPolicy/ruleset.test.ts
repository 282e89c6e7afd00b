import type { NetworkPolicySpec } from "kubernetes-types/networking/v1.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDebianPackages } from "../build/debian.ts";
import { type Attempt, PacketWorld } from "./packetWorld.ts";
import { policyTable, type PolicyWorld } from "./ruleset.ts";

/** The pods of the tests: their namespace and labels. */
const PODS = {
  agent: ["agents", { app: "agent" }],
  proxy: ["agents", { app: "proxy", tier: "front" }],
  stranger: ["agents", {}],
  other: ["elsewhere", { app: "proxy" }],
} as const;
const NAMESPACES = { agents: { team: "a" }, elsewhere: { team: "b" } } as const;

let world: PacketWorld;

beforeAll(async () => {
  await ensureDebianPackages(["nftables", "iproute2", "procps"]);
  world = await PacketWorld.create(Object.keys(PODS));
});
afterAll(() => world?.remove());

type Overrides = Readonly<Record<string, { readonly phase?: string; readonly hostNetwork?: boolean }>>;

function policyWorld(specs: readonly NetworkPolicySpec[], overrides: Overrides = {}): PolicyWorld {
  const pods = Object.entries(PODS).map(([name, [namespace, labels]]) => {
    const { phase = "Running", hostNetwork = false } = overrides[name] ?? {};
    const ports = [{ name: "web", containerPort: name === "proxy" ? 8080 : 8090 }];
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { ...labels } },
      spec: { hostNetwork, containers: [{ name: "c", ports }] },
      status: { phase, podIP: world.addressOf(name) },
    };
  });
  const namespaces = Object.entries(NAMESPACES).map(([name, labels]) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { ...labels } },
  }));
  const policies = specs.map((spec, index) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `p${index}`, namespace: "agents" },
    spec,
  }));
  return { namespace: "agents", pods, namespaces, policies };
}

/** `agent>proxy:80`, with `/UDP` for UDP. */
function attemptOf(text: string): Attempt {
  const [, from = "", to = "", port, protocol = "TCP"] = /^(\w+)>(\w+):(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return { from, to, port: Number(port), protocol: protocol as "TCP" | "UDP" };
}

interface Case {
  readonly policies: readonly NetworkPolicySpec[];
  readonly overrides?: Overrides;
  readonly pass: readonly string[];
  readonly drop: readonly string[];
}

const AGENT = { matchLabels: { app: "agent" } };
const PROXY = { matchLabels: { app: "proxy" } };
const egress = (...rules: NonNullable<NetworkPolicySpec["egress"]>): NetworkPolicySpec => ({
  podSelector: AGENT,
  policyTypes: ["Egress"],
  egress: rules,
});
const ingress = (...rules: NonNullable<NetworkPolicySpec["ingress"]>): NetworkPolicySpec => ({
  podSelector: PROXY,
  policyTypes: ["Ingress"],
  ingress: rules,
});

const CASES: Readonly<Record<string, Case>> = {
  "deny all egress of selected pods, to pods, the node and other protocols, and nothing else": {
    policies: [egress()],
    pass: ["stranger>proxy:80", "proxy>agent:80"],
    drop: ["agent>proxy:80", "agent>other:80", "agent>node:80", "agent>proxy:53/UDP"],
  },
  "deny all ingress of selected pods, from pods and beyond": {
    policies: [ingress()],
    pass: ["proxy>agent:80", "agent>other:80", "agent>stranger:80"],
    drop: ["agent>proxy:80", "other>proxy:80", "agent>proxy:53/UDP"],
  },
  "let the node reach its own pods": { policies: [ingress()], pass: ["node>proxy:80"], drop: ["agent>proxy:80"] },
  "select all pods of the namespace alone with an empty selector": {
    policies: [{ podSelector: {}, policyTypes: ["Egress"] }],
    pass: ["other>agent:80"],
    drop: ["stranger>proxy:80", "agent>other:80"],
  },
  "select pods of their own namespace with a podSelector": {
    policies: [egress({ to: [{ podSelector: PROXY }] })],
    pass: ["agent>proxy:80", "agent>proxy:53/UDP"],
    drop: ["agent>other:80", "agent>stranger:80", "agent>node:80"],
  },
  "select all pods of namespaces with a namespaceSelector": {
    policies: [egress({ to: [{ namespaceSelector: { matchLabels: { team: "b" } } }] })],
    pass: ["agent>other:80"],
    drop: ["agent>proxy:80"],
  },
  "need both selectors in one peer": {
    policies: [
      egress({
        to: [{ namespaceSelector: { matchLabels: { team: "b" } }, podSelector: { matchLabels: { app: "x" } } }],
      }),
    ],
    pass: ["stranger>other:80"],
    drop: ["agent>other:80", "agent>proxy:80"],
  },
  "need one of two peers": {
    policies: [
      egress({
        to: [{ namespaceSelector: { matchLabels: { team: "b" } } }, { podSelector: { matchLabels: { app: "proxy" } } }],
      }),
    ],
    pass: ["agent>other:80", "agent>proxy:80"],
    drop: ["agent>stranger:80"],
  },
  "understand expressions": {
    policies: [
      egress({
        to: [
          {
            podSelector: {
              matchExpressions: [
                { key: "app", operator: "In", values: ["proxy", "x"] },
                { key: "tier", operator: "Exists" },
                { key: "tier", operator: "NotIn", values: ["back"] },
                { key: "gone", operator: "DoesNotExist" },
              ],
            },
          },
        ],
      }),
    ],
    pass: ["agent>proxy:80"],
    drop: ["agent>stranger:80", "agent>other:80"],
  },
  "allow a block of addresses without its exceptions": {
    policies: [egress({ to: [{ ipBlock: { cidr: "10.77.0.0/16", except: ["10.77.3.0/24"] } }] })],
    // The third pod is the stranger.
    pass: ["agent>proxy:80", "agent>other:80", "agent>node:80"],
    drop: ["agent>stranger:80"],
  },
  "allow nothing by a block of IPv6, beside others": {
    policies: [egress({ to: [{ ipBlock: { cidr: "::/0", except: ["fe80::/10"] } }, { podSelector: PROXY }] })],
    pass: ["agent>proxy:80"],
    drop: ["agent>other:80", "agent>node:80"],
  },
  "limit ports, of TCP unless they say otherwise": {
    policies: [egress({ to: [{ podSelector: PROXY }], ports: [{ port: 80 }] })],
    pass: ["agent>proxy:80"],
    drop: ["agent>proxy:443", "agent>proxy:53/UDP", "agent>stranger:80"],
  },
  "allow ports of every place without peers": {
    policies: [egress({ ports: [{ port: 53, protocol: "UDP" }] })],
    pass: ["agent>proxy:53/UDP", "agent>other:53/UDP", "agent>node:53/UDP"],
    drop: ["agent>proxy:80"],
  },
  "allow every port of a protocol": {
    policies: [egress({ ports: [{ protocol: "TCP" }] })],
    pass: ["agent>proxy:80", "agent>other:443"],
    drop: ["agent>proxy:53/UDP"],
  },
  "allow a range of ports": {
    policies: [egress({ ports: [{ port: 80, endPort: 443 }] })],
    pass: ["agent>proxy:80", "agent>proxy:443"],
    drop: ["agent>proxy:8080"],
  },
  "find a named port at the receiver, in egress": {
    policies: [egress({ ports: [{ port: "web" }] })],
    pass: ["agent>proxy:8080", "agent>other:8090"],
    drop: ["agent>proxy:8090", "agent>other:8080"],
  },
  "find a named port at the receiver, in ingress": {
    policies: [ingress({ ports: [{ port: "web" }] })],
    pass: ["agent>proxy:8080", "other>proxy:8080"],
    drop: ["agent>proxy:8090"],
  },
  "add up": {
    policies: [egress({ ports: [{ port: 80 }] }), egress({ to: [{ podSelector: PROXY }] })],
    pass: ["agent>other:80", "agent>proxy:8080"],
    drop: ["agent>other:8080"],
  },
  "need the egress of one side and the ingress of the other": {
    policies: [
      egress({ to: [{ podSelector: PROXY }] }),
      ingress({ from: [{ podSelector: AGENT }], ports: [{ port: 80 }] }),
    ],
    pass: ["agent>proxy:80"],
    drop: ["agent>proxy:8080", "stranger>proxy:80", "agent>stranger:80"],
  },
  "are of ingress without policyTypes": {
    policies: [{ podSelector: AGENT }],
    pass: ["agent>proxy:80"],
    drop: ["proxy>agent:80"],
  },
  "are of both directions without policyTypes and with egress": {
    policies: [{ podSelector: AGENT, egress: [{ to: [{ podSelector: PROXY }] }] }],
    pass: ["agent>proxy:80"],
    drop: ["proxy>agent:80", "agent>stranger:80"],
  },
  "allow everything with an empty rule": {
    policies: [egress({})],
    pass: ["agent>proxy:80", "agent>node:80", "agent>other:53/UDP"],
    drop: [],
  },
  "do not select a pod that has ended or has the node's network": {
    policies: [egress(), ingress()],
    overrides: { agent: { phase: "Succeeded" }, proxy: { hostNetwork: true } },
    pass: ["agent>proxy:80", "agent>stranger:80"],
    drop: [],
  },
};

describe("NetworkPolicies, with real packets,", () => {
  it.each(Object.entries(CASES))("%s", async (_name, { policies, overrides, pass, drop }) => {
    const attempts = [...pass, ...drop].map(attemptOf);
    await world.apply("");
    const before = await Promise.all(attempts.map((attempt) => world.passes(attempt, true)));
    expect(before).not.toContain(false);
    await world.apply(policyTable("kit-policy-test", policyWorld(policies, overrides)));
    const wanted = [...pass.map((text) => [text, true]), ...drop.map((text) => [text, false])] as const;
    const seen = await Promise.all(
      attempts.map(async (attempt, index) => [wanted[index]?.[0], await world.passes(attempt, index < pass.length)]),
    );
    expect(seen).toEqual(wanted);
  });
});
