import { once } from "node:events";
import { type Log, messageOf } from "@clauderon/base";
import type { Backend } from "@clauderon/protocol";
import { systemClock as clock } from "@clauderon/controller";
import packageJson from "../package.json" with { type: "json" };
import { readToken } from "./http/access.ts";
import { Api } from "./http/server.ts";
import type { SessionBackend } from "./backend.ts";
import type { DaemonConfig } from "./config.ts";
import { CredentialFiles, EnvStrategy } from "./credentials/credentials.ts";
import { DaemonHome } from "./home/daemonHome.ts";
import type { Boundaries } from "./egress/boundaries.ts";
import { EgressPolicy } from "./egress/egressPolicy.ts";
import { ProxyFolder } from "./egress/proxyFolder.ts";
import { ProxyProcess } from "./egress/proxyProcess.ts";
import { SessionEgress } from "./egress/sessionEgress.ts";
import { FileLog } from "./home/fileLog.ts";
import { lockHome } from "./registry/homeLock.ts";
import { LocalBackend } from "./local/localBackend.ts";
import { Registry } from "./registry/registry.ts";
import { EventHub } from "./session/events.ts";
import { newSpec } from "./session/newSession.ts";
import { Upkeep } from "./session/upkeep.ts";
import { Sessions } from "./session/sessions.ts";
import { fetchLimit } from "./work/model/fetchLimit.ts";
import { GitSessionWork } from "./work/gitSessionWork.ts";

export interface DaemonHost {
  /** Aborted when the daemon should end. The runners keep running. */
  readonly stop: AbortSignal;
  /** Prints a text for a person who started the daemon by hand. */
  readonly say: (text: string) => void;
}

const { version } = packageJson;

/** Runs the daemon of one CLAUDERON_HOME until `stop` aborts. Throws DAEMON_RUNNING if one is already running. */
export async function runDaemon(config: DaemonConfig, { stop, say }: DaemonHost): Promise<void> {
  const home = new DaemonHome(config);
  home.prepare();
  const lock = lockHome(home.lockFile);
  const log = new FileLog(home.logFile);
  try {
    await serve(config, { home, log, registry: new Registry(home.registryFile), stop }, { stop, say });
  } catch (thrown) {
    log.error("Ended", { error: messageOf(thrown) });
    throw thrown;
  } finally {
    lock.release();
    log.close();
  }
}

async function serve(config: DaemonConfig, parts: Parts, { stop, say }: DaemonHost): Promise<void> {
  const { home, log, registry } = parts;
  const { sessions, work, api, upkeep, egress } = await compose(config, parts);
  const { http_port: port } = config.settings.daemon;
  try {
    await api.prepare();
    if (port !== undefined) await api.listenLoopback(port, readToken(home.tokenFile));
    await work.sweep(
      registry.list().map(({ record }) => record),
      log,
    );
    const uids = new Set(registry.list().map(({ record }) => record.uid));
    egress.resume(uids, registry.unreadableNames, stop).catch((thrown: unknown) => {
      if (!stop.aborted) log.error("Cannot start the proxy", { error: messageOf(thrown) });
    });
    sessions.start();
    const socket = home.prepareSocket();
    await api.listen(socket);
    log.info("Started", { pid: process.pid, version });
    // A cluster may take long to answer, or never do it, so nothing waits for it.
    void upkeep.adoptAll(clock, stop);
    say(`clauderon daemon ${version} listens on ${socket}${port === undefined ? "" : ` and 127.0.0.1:${port}`}`);
    if (!stop.aborted) await once(stop, "abort");
  } finally {
    await api.close();
    await sessions.stop();
    registry.close();
  }
  log.info("Stopped", { pid: process.pid });
}

interface Parts {
  readonly home: DaemonHome;
  readonly log: Log;
  readonly registry: Registry;
  readonly stop: AbortSignal;
}

async function compose(config: DaemonConfig, { home, log, registry, stop }: Parts) {
  const { env, settings } = config;
  const { include, submodules } = settings.sync;
  const proxyFolder = new ProxyFolder(home.proxyFolder);
  const proxy = new ProxyProcess({ folder: proxyFolder, environment: env, clock, log, stop });
  const egress = new SessionEgress(proxyFolder, proxy);
  const local = new LocalBackend({ home, environment: env, clock, include, egress });
  const backends: SessionBackend[] = [local];
  const boundaries = new Map<Backend, Boundaries>([[local.name, egress]]);
  if (settings.features.kubernetes_backend) {
    // The Kubernetes client takes half of the daemon's memory, and few users need it.
    const { kubernetesBackend } = await import("./kubernetes/kubernetesBackend.ts");
    const pods = kubernetesBackend(config, {
      log,
      signal: stop,
      placed: ({ name, uid }, place) => {
        if (registry.get(name)?.record.uid === uid) registry.change(name, { place });
      },
      sessions: () => registry.list().map(({ record }) => record),
    });
    backends.push(pods.backend);
    boundaries.set(pods.backend.name, pods.boundaries);
  }
  const work = new GitSessionWork({
    home: home.path,
    environment: env,
    worktree: ({ name }) => `${home.sessionFolder(name)}/work`,
    folder: ({ name }) => home.sessionFolder(name),
    include,
    submodules,
  });
  const events = new EventHub();
  const policy = new EgressPolicy(registry, boundaries);
  const credentials = new CredentialFiles(home.credentialsFolder, env, (name, value) => policy.renew(name, value));
  const sessions = new Sessions({
    registry,
    backends,
    work,
    events,
    clock,
    log,
    credentials: new EnvStrategy(credentials),
    fetchLimit: fetchLimit(settings.sync.fetch_limit),
    newSpec: (request, name) => newSpec(request, name, { defaults: settings, environment: env }),
  });
  const upkeep = new Upkeep(sessions, registry, backends, log);
  const api = new Api({ version, log, backends, sessions, upkeep, events, credentials, egress: policy });
  return { sessions, work, api, upkeep, egress };
}
