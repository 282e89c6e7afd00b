import type { WireObject } from "@clauderon/base";
import type { Namespace, Pod } from "kubernetes-types/core/v1.js";
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from "kubernetes-types/networking/v1.js";
import { selects } from "./selector.ts";

/** What the policies of one namespace depend on. Pods and namespaces are those of the whole cluster. */
export interface PolicyWorld {
  readonly namespace: string;
  readonly policies: readonly WireObject<NetworkPolicy>[];
  readonly pods: readonly WireObject<Pod>[];
  readonly namespaces: readonly WireObject<Namespace>[];
}

/** A pod with an address of its own that has not ended. Others are not selected by any policy. */
interface Target {
  readonly pod: WireObject<Pod>;
  readonly address: string;
}

type Direction = "Ingress" | "Egress";

/** A condition on packets, for nft, without its verdict; empty for all packets. */
type Match = string;

/**
 * The rules of nftables for the policies of a namespace, as a table of that name: a packet from a pod that a policy of
 * egress selects is dropped unless one of them allows it, likewise one to a pod that a policy of ingress selects. Replies,
 * a pod's packets to itself, and those from its node pass. Selected pods are in the table by their addresses, after
 * kube-proxy has replaced a Service's; IPv4 only, as the kit's cluster is.
 */
export function policyTable(name: string, world: PolicyWorld): string {
  const targets = world.pods.flatMap((pod) => targetOf(pod) ?? []);
  const own = targets.filter(({ pod }) => pod.metadata.namespace === world.namespace);
  const chains = own.flatMap((target) => [
    ...chainOf("Egress", target, { world, targets }),
    ...chainOf("Ingress", target, { world, targets }),
  ]);
  const jumps = chains.map(({ jump }) => jump);
  const begin = ["ct state established,related accept", ...jumps];
  return [
    `table inet ${name} {`,
    ...chains.map(({ chain, rules }) => `chain ${chain} {\n${rules.join("\n")}\n}`),
    `chain forward {\n${[base("forward"), ...begin].join("\n")}\n}`,
    // The node's own addresses: kubelet, API server, node ports of programs.
    `chain input {\n${[base("input"), ...begin].join("\n")}\n}`,
    "}",
  ].join("\n");
}

const base = (hook: string): string => `type filter hook ${hook} priority -5; policy accept;`;

interface Chain {
  readonly chain: string;
  readonly jump: string;
  readonly rules: readonly string[];
}

function chainOf(
  direction: Direction,
  target: Target,
  { world, targets }: { readonly world: PolicyWorld; readonly targets: readonly Target[] },
): readonly Chain[] {
  const { pod, address } = target;
  const selecting = world.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === world.namespace &&
      spec !== undefined &&
      selects(spec.podSelector, pod.metadata.labels) &&
      typesOf(spec).includes(direction),
  );
  if (selecting.length === 0) return [];
  const chain = `${direction.toLowerCase()}_${address.replaceAll(".", "_")}`;
  const [near, far] = direction === "Egress" ? ["saddr", "daddr"] : ["daddr", "saddr"];
  const allowed = selecting.flatMap(({ spec }) =>
    (direction === "Egress" ? (spec?.egress ?? []) : (spec?.ingress ?? [])).flatMap((rule) => {
      const peers = "to" in rule ? rule.to : "from" in rule ? rule.from : undefined;
      return matchesOf(direction, { peers, ports: rule.ports }, { world, targets, target });
    }),
  );
  return [
    {
      chain,
      jump: `ip ${near} ${address} ip ${far} != ${address} jump ${chain}`,
      rules: [...new Set(allowed.map((match) => `${match} return`.trim())), "drop"],
    },
  ];
}

/** Policies without policyTypes are of ingress, and of egress too if they have rules of it. */
function typesOf({ policyTypes, egress }: NetworkPolicySpec): readonly string[] {
  return policyTypes ?? (egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]);
}

interface Rule {
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
  readonly ports: readonly NetworkPolicyPort[] | undefined;
}

interface Place {
  readonly world: PolicyWorld;
  readonly targets: readonly Target[];
  /** The pod that the policy selects. */
  readonly target: Target;
}

function matchesOf(direction: Direction, { peers = [], ports = [] }: Rule, place: Place): readonly Match[] {
  const far = direction === "Egress" ? "daddr" : "saddr";
  const isToAll = peers.length === 0;
  const pods = isToAll
    ? place.targets
    : place.targets.filter((each) => peers.some((peer) => isPeer(peer, each, place)));
  const addresses = pods.map(({ address }) => address);
  const blocks = peers.flatMap(({ ipBlock }) =>
    // A block of IPv6 covers no address of a pod here.
    ipBlock === undefined || ipBlock.cidr.includes(":") ? [] : [blockMatch(far, ipBlock)],
  );
  const places = [...(addresses.length > 0 ? [`ip ${far} { ${addresses.join(", ")} }`] : []), ...blocks];
  const whole = isToAll ? [""] : places;
  if (ports.length === 0) return whole;
  return ports.flatMap((port) => {
    if (typeof port.port !== "string") return whole.map((where) => `${where} ${numbersMatch(port)}`);
    // A name means another number for each pod that is the target of the packet.
    const receivers = direction === "Ingress" ? [place.target] : pods;
    return receivers.flatMap((receiver) => {
      const number = portNamed(receiver, port);
      if (number === undefined) return [];
      const match = numbersMatch({ ...port, port: number });
      return direction === "Egress"
        ? [`ip daddr ${receiver.address} ${match}`]
        : whole.map((where) => `${where} ${match}`);
    });
  });
}

function isPeer({ podSelector, namespaceSelector }: NetworkPolicyPeer, { pod }: Target, { world }: Place): boolean {
  if (podSelector === undefined && namespaceSelector === undefined) return false;
  const namespace = world.namespaces.find(({ metadata }) => metadata.name === pod.metadata.namespace);
  const isThere =
    namespaceSelector === undefined
      ? pod.metadata.namespace === world.namespace
      : namespace !== undefined && selects(namespaceSelector, namespace.metadata.labels);
  return isThere && (podSelector === undefined || selects(podSelector, pod.metadata.labels));
}

function blockMatch(
  far: string,
  { cidr, except = [] }: { readonly cidr: string; readonly except?: readonly string[] },
): Match {
  const outside = except.length === 0 ? "" : ` ip ${far} != { ${except.join(", ")} }`;
  return `ip ${far} ${cidr}${outside}`;
}

function numbersMatch({ protocol = "TCP", port, endPort }: NetworkPolicyPort): Match {
  const name = protocol.toLowerCase();
  if (port === undefined) return `meta l4proto ${name}`;
  return `${name} dport ${port}${endPort === undefined ? "" : `-${endPort}`}`;
}

function portNamed({ pod }: Target, { port, protocol = "TCP" }: NetworkPolicyPort): number | undefined {
  const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
  return ports.find((each) => each.name === port && (each.protocol ?? "TCP") === protocol)?.containerPort;
}

function targetOf(pod: WireObject<Pod>): Target | undefined {
  const { phase, podIP: address } = pod.status ?? {};
  const isOver = phase === "Succeeded" || phase === "Failed";
  if (address === undefined || address === "" || isOver || pod.spec?.hostNetwork === true) return undefined;
  return { pod, address };
}
