import { createSocket } from "node:dgram";
import { request } from "node:http";
import { connect } from "node:net";
import { CHECKED_HOST, PROXY_ENV } from "@clauderon/protocol/proxy";
import { formatProbe, type Probe, parseProbes } from "./model/probes.ts";
import type { PodProxy } from "./awaitGrant.ts";

/** How long an answer is waited for. A network policy drops packets, so most probes take all of it, at the same time. */
const ANSWER_MS = 2_000;

/** The ways around the proxy that a pod must not have, by its variables. */
export function probesOf(environment: Readonly<Record<string, string | undefined>>): readonly Probe[] {
  const { [PROXY_ENV.probes]: fixed = "", [PROXY_ENV.node]: node, KUBERNETES_SERVICE_HOST: api } = environment;
  if (fixed === "") return [];
  return [
    ...parseProbes(fixed),
    ...(node === undefined ? [] : [{ what: "the kubelet", address: node, port: 10_250, protocol: "TCP" as const }]),
    ...(api === undefined ? [] : ofCluster(api, Number(environment["KUBERNETES_SERVICE_PORT"] ?? 443))),
  ];
}

/** DNS is by convention the tenth address of the Services' range, whose first is that of the API server. */
function ofCluster(api: string, port: number): readonly Probe[] {
  const dns = api.replace(/\.\d+$/, ".10");
  const server = { what: "the API server", address: api, port, protocol: "TCP" as const };
  return dns === api ? [server] : [server, { what: "DNS", address: dns, port: 53, protocol: "UDP" as const }];
}

/** The ways past the proxy that are open, each as text for people; empty for a boundary that holds. */
export async function leaksOf(probes: readonly Probe[], proxy: PodProxy): Promise<readonly string[]> {
  const around = probes.map(async (probe) => ((await isReached(probe)) ? [formatProbe(probe)] : []));
  const own = `Basic ${Buffer.from(`${proxy.user}:${proxy.password}`).toString("base64")}`;
  const through = [
    { what: "the proxy without a password", authorization: undefined, host: "api.anthropic.com" },
    { what: `a host that is not listed (${CHECKED_HOST}), by the proxy`, authorization: own, host: CHECKED_HOST },
  ].map(async ({ what, ...asked }) => ((await opensTunnel(proxy.url, asked)) ? [what] : []));
  return (await Promise.all([...around, ...through])).flat();
}

function isReached(probe: Probe): Promise<boolean> {
  return probe.protocol === "UDP" ? answersDns(probe) : connects(probe);
}

function connects({ address: host, port }: Probe): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_MS });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

/** A question for the root's name servers: every resolver answers it, if only to refuse. */
const QUESTION = Buffer.from("0001010000010000000000000000020001", "hex");

function answersDns({ address, port }: Probe): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const timer = setTimeout(() => end(false), ANSWER_MS);
    const end = (isOpen: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(isOpen);
    };
    socket.once("message", () => end(true));
    socket.once("error", () => end(false));
    socket.send(QUESTION, port, address);
  });
}

interface Asked {
  readonly authorization: string | undefined;
  readonly host: string;
}

/** Whether the proxy opens a tunnel. Without an answer, there is no way. */
function opensTunnel(url: string, { authorization, host }: Asked): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = authorization === undefined ? {} : { "proxy-authorization": authorization };
    const asked = request(url, { method: "CONNECT", path: `${host}:443`, headers, agent: false, timeout: ANSWER_MS });
    asked.once("connect", ({ statusCode }, socket) => {
      socket.destroy();
      resolve(statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.end();
  });
}
