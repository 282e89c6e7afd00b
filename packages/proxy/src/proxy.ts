import { once } from "node:events";
import { chmodSync, lstatSync, readFileSync, unlinkSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { Fault, type Log, messageOf } from "@clauderon/base";
import { replaceFile } from "@clauderon/files";
import { AuditLog } from "./audit/auditLog.ts";
import { AuditTrail } from "./audit/auditTrail.ts";
import { loadAuthority } from "./certificates/authority.ts";
import { LeafCertificates } from "./certificates/leafCertificates.ts";
import { bundleOf, trustedRoots } from "./certificates/roots.ts";
import type { Endpoint, ProxyConfig } from "./config.ts";
import { makePrivateFolder } from "./folders/watchedFolder.ts";
import { Occupancy } from "./limits.ts";
import { FrontDoor } from "./listener/frontDoor.ts";
import { Metrics } from "./metrics.ts";
import { FolderPrincipals } from "./principals/folderPrincipals.ts";
import type { ProxyParts } from "./proxyParts.ts";
import { Destinations } from "./upstream/destinations.ts";
import { UpstreamPools } from "./upstream/upstreamPools.ts";
import { fileUsage } from "./usage/fileUsage.ts";
import { UsageBook } from "./usage/usageBook.ts";

/** How many hosts have their certificate in memory: they are chosen by agents. */
const LEAF_CAPACITY = 1_000;

export interface RunningProxy {
  /** The TCP ports that it took, where there are any. */
  readonly port: number | undefined;
  readonly metricsPort: number | undefined;
  /** Takes no new connection, lets open requests end for a while, then cuts what is left. */
  stop(): Promise<void>;
}

/** Starts the proxy on its folder. Throws a Fault when the folder, a file of it or an address cannot be used. */
export async function startProxy(config: ProxyConfig, log: Log): Promise<RunningProxy> {
  makePrivateFolder(config.state);
  if (config.socket.startsWith(`${config.state}/`)) makePrivateFolder(dirname(config.socket));
  await refuseSecond(config.socket);
  const metrics = new Metrics();
  const { parts, usage, closeCluster } = await gatherParts(config, metrics, log);
  const doors = [new FrontDoor(parts), new FrontDoor(parts)] as const;
  const [local, remote] = doors;
  await listen(local.server, { path: config.socket });
  chmodSync(config.socket, 0o600);
  const port = config.listen === undefined ? undefined : await listen(remote.server, hostAndPort(config.listen));
  const page = http.createServer((_request, response) => void response.end(metrics.text(gaugesOf(parts))));
  const metricsPort = config.metrics === undefined ? undefined : await listen(page, hostAndPort(config.metrics));
  parts.principals.watch(() => applyGrants(parts));
  return {
    port,
    metricsPort,
    async stop() {
      const late = setTimeout(() => doors.forEach((door) => door.cut()), config.drainMs);
      await Promise.all(doors.map((door) => door.close()));
      clearTimeout(late);
      page.close();
      page.closeAllConnections();
      parts.principals.close();
      await usage.close();
      await closeCluster();
      parts.pools.close();
      parts.audit.close();
    },
  };
}

function now(): number {
  return Date.now();
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

async function gatherParts(config: ProxyConfig, metrics: Metrics, log: Log) {
  const { state, limits, detours, allowPrivate, audit, cluster } = config;
  const roots = [...trustedRoots(), ...extraRoots(config.upstreamCa)];
  // Most proxies have no cluster, and its client takes memory.
  const place =
    cluster === undefined
      ? await inFolder(state, log)
      : await (await import("./cluster/openCluster.ts")).openCluster({ ...cluster, roots, log });
  const { authority, principals, store } = place;
  const usage = new UsageBook({ store, hasGrant: (principal) => principals.has(principal), log, sleep });
  replaceFile(join(state, "ca.crt"), authority.certificate);
  replaceFile(join(state, "ca-bundle.crt"), bundleOf([...roots, authority.certificate]));
  const print = audit.isPrinted ? (line: string) => void process.stdout.write(line) : undefined;
  const auditLog = new AuditLog({ ...audit, path: join(state, "audit.jsonl"), print, log, now });
  const parts: ProxyParts = {
    principals,
    occupancy: new Occupancy(limits),
    pools: new UpstreamPools(createSecureContext({ ca: [...roots] })),
    log,
    limits,
    leaves: new LeafCertificates({ authority, capacity: LEAF_CAPACITY, now }),
    destinations: new Destinations({ detours, allowPrivate }),
    audit: new AuditTrail({ log: auditLog, metrics, usage, now }),
  };
  return { parts, usage, closeCluster: place.close };
}

async function inFolder(state: string, log: Log) {
  const authority = await loadAuthority(join(state, "authority.pem"), now());
  const principals = new FolderPrincipals(state, log);
  return { authority, principals, store: fileUsage(state), close: async () => undefined };
}

/** Breaks off what the grants, which have changed, no longer allow. */
function applyGrants({ principals, occupancy, pools }: ProxyParts): void {
  occupancy.recheck((principal) => principals.has(principal));
  pools.keep((principal) => principals.has(principal));
}

function gaugesOf({ occupancy, principals, leaves }: ProxyParts): Readonly<Record<string, number>> {
  return {
    open_connections: occupancy.openConnections,
    open_requests: occupancy.openRequests,
    grants: principals.count,
    unusable_files: principals.unusable,
    certificates: leaves.size,
  };
}

function extraRoots(file: string | undefined): readonly string[] {
  if (file === undefined) return [];
  try {
    return [readFileSync(file, "utf8")];
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot read the certificates in ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Removes the socket of a proxy that has ended; throws a Fault when one still listens. */
async function refuseSecond(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const probe = net.connect(path);
  const isAlive = await new Promise((resolve) => {
    probe.once("connect", () => resolve(true));
    probe.once("error", () => resolve(false));
  });
  probe.destroy();
  if (isAlive) {
    throw new Fault("CONFIG_INVALID", `Another proxy listens on ${path}`, { hint: "Stop it, or use another --state" });
  }
  unlinkSync(path);
}

/** Listens; the port it took, for TCP. Throws a Fault when the address is taken or not this machine's. */
async function listen(server: net.Server, at: net.ListenOptions): Promise<number> {
  try {
    await once(server.listen(at), "listening");
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `Cannot listen on ${at.path ?? `${at.host}:${at.port}`}: ${messageOf(cause)}`, {
      cause,
    });
  }
  return (server.address() as AddressInfo).port;
}

function hostAndPort({ address, port }: Endpoint): net.ListenOptions {
  return { host: address, port };
}
