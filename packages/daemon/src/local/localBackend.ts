import { existsSync, rmSync } from "node:fs";
import type { Duplex } from "node:stream";
import { cleanText, type Clock, Fault } from "@clauderon/base";
import { createWorktree, Git, isCheckout, removeWorktree } from "@clauderon/git";
import type { BackendContext, Observation, Orphan, SessionBackend, SessionRecord } from "../backend.ts";
import { hasOwnRepository } from "../model/hasOwnRepository.ts";
import type { SessionEgress } from "../egress/sessionEgress.ts";
import type { DaemonHome } from "../home/daemonHome.ts";
import { InTurn } from "./inTurn.ts";
import { launchRunner } from "./launchRunner.ts";
import { endedAtStart, notAnOrphan, unreachable } from "./model/localFaults.ts";
import { dropOrphan } from "./orphanWorktree.ts";
import { removeTree } from "./removeTree.ts";
import { RunnerFolder } from "./runnerFolder.ts";
import { WorktreeRecord } from "./worktreeRecord.ts";
import { endLeftovers, endRunners, findRunners, FOLDER_VARIABLE, tryConnect } from "./runners.ts";

const LOOK_MS = 20;
const READY_MS = 60_000;

export interface LocalBackendOptions {
  readonly home: DaemonHome;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Ignored files that are captured too, as git pathspecs. */
  readonly include: readonly string[];
  readonly egress: SessionEgress;
}

/**
 * Sessions on this machine: a worktree of the user's repository in the session's folder, and a runner that has no
 * terminal and outlives the daemon. The next daemon finds the runner by its command line and its socket.
 */
export class LocalBackend implements SessionBackend {
  readonly name = "local";
  readonly hasOwnRepository = hasOwnRepository(this.name);
  readonly #options: LocalBackendOptions;
  readonly #connected = new Map<string, Duplex>();
  readonly #turns = new InTurn();
  readonly #exits = new Map<string, string>();
  #changed: (name: string) => void = () => undefined;

  constructor(options: LocalBackendOptions) {
    this.#options = options;
  }

  async bringUp(session: SessionRecord, context: BackendContext): Promise<void> {
    const folder = this.#folder(session.name);
    folder.make();
    if (findRunners(folder.path).length === 0) await endLeftovers(folder.path, this.#options.clock, context.signal);
    if (session.spec.worktree) await this.#makeWorktree(session, folder, context);
    else folder.begin();
    const found = findRunners(folder.path).length > 0;
    if (found && session.spec.egress !== undefined) await this.#options.egress.keep(context.signal);
    const exited = found ? undefined : (await this.#start(session, folder, context)).exited;
    await this.#untilReady(session, exited, context.signal);
  }

  async halt({ name, uid }: SessionRecord, { signal }: BackendContext): Promise<void> {
    const folder = this.#folder(name);
    await endRunners(folder.path, this.#options.clock, signal);
    await this.#options.egress.close(uid);
    this.#connected.get(name)?.destroy();
    rmSync(this.#socket(name), { force: true });
  }

  async remove(session: SessionRecord, context: BackendContext): Promise<void> {
    const { name, uid, spec } = session;
    await this.halt(session, context);
    const folder = this.#folder(name);
    if (spec.worktree && isCheckout(spec.repository)) {
      // Many git commands at once would wait for git's own locks, which soon time out.
      await this.#turns.run(spec.repository, () =>
        removeWorktree(this.#git(session), {
          path: folder.worktree,
          around: folder.path,
          branch: spec.branch,
          owner: uid,
        }),
      );
    }
    await removeTree(folder.path);
    this.#record(name).remove();
    this.#exits.delete(name);
  }

  async orphan({ name }: SessionRecord): Promise<never> {
    throw notAnOrphan(name);
  }

  async connect({ name }: SessionRecord): Promise<Duplex> {
    const socket = await tryConnect(this.#socket(name));
    if (socket === undefined) throw unreachable(name);
    this.#connected.set(name, socket);
    socket.once("close", () => {
      if (this.#connected.get(name) === socket) this.#connected.delete(name);
    });
    return socket;
  }

  async observe({ name, spec }: SessionRecord): Promise<Observation> {
    const folder = this.#folder(name);
    const workingDirectory = spec.worktree ? folder.worktree : spec.repository;
    if (spec.worktree && !existsSync(workingDirectory)) {
      return {
        phase: "Missing",
        reason: "WorktreeMissing",
        message: `${workingDirectory} is gone`,
        hint: `Make it again: clauderon recreate ${name}`,
      };
    }
    if (!folder.hasBegun) return { phase: "Pending" };
    if (!existsSync(workingDirectory)) {
      const hint = `Put it back, then: clauderon recreate ${name}`;
      return { phase: "Missing", reason: "CheckoutMissing", message: `${workingDirectory} is gone`, hint };
    }
    const isUp = this.#connected.has(name) || findRunners(folder.path).length > 0;
    if (isUp) return { phase: "Running", workingDirectory };
    const exit = this.#exits.get(name);
    const message = exit === undefined ? {} : { message: `The runner ended with ${exit}` };
    return { phase: "Stopped", reason: "RunnerGone", ...message, workingDirectory };
  }

  async watch(changed: (name: string) => void, signal: AbortSignal): Promise<void> {
    this.#changed = changed;
    signal.addEventListener("abort", () => (this.#changed = () => undefined), { once: true });
  }

  async orphans(known: readonly SessionRecord[], unreadable: ReadonlySet<string>): Promise<readonly Orphan[]> {
    const names = new Set([...known.map(({ name }) => name), ...unreadable]);
    return this.#options.home
      .sessionNames()
      .filter((name) => !names.has(name))
      .map((name) => ({ kind: "folder", name }));
  }

  async prune({ name }: Orphan): Promise<string | undefined> {
    const folder = this.#folder(name);
    // Ends the agent first, because what it writes until then is work too.
    await endRunners(folder.path, this.#options.clock);
    const { worktree } = folder;
    const record = this.#record(name);
    const { environment } = this.#options;
    const rescuedRef = await dropOrphan({ name, worktree, repository: record.repository, environment });
    await removeTree(folder.path);
    record.remove();
    rmSync(this.#socket(name), { force: true });
    return rescuedRef;
  }

  async adoptable(): Promise<readonly SessionRecord[]> {
    return [];
  }

  async #makeWorktree(
    session: SessionRecord,
    folder: RunnerFolder,
    { progress, signal, started }: BackendContext,
  ): Promise<void> {
    const { uid, spec, commit } = session;
    this.#record(session.name).write(spec.repository);
    // A worktree that the agent has worked in is never made again, even without the mark.
    if (started && existsSync(folder.worktree)) folder.begin();
    if (folder.hasBegun && existsSync(folder.worktree)) return;
    // Without the mark, a worktree that is only partly made is not mistaken for a whole one.
    folder.unbegin();
    progress("Making the worktree");
    const repository = this.#git(session, signal);
    await this.#turns.run(spec.repository, async () => {
      signal.throwIfAborted();
      await createWorktree(repository, { path: folder.worktree, branch: spec.branch, owner: uid }, commit);
      folder.begin();
    });
  }

  async #start(
    session: SessionRecord,
    folder: RunnerFolder,
    { progress, credentials, latest, signal }: BackendContext,
  ): Promise<{ readonly exited: Promise<string> }> {
    const { home, environment, include, egress } = this.#options;
    progress("Starting the runner");
    const [git, socket] = [this.#git(session), this.#socket(session.name)];
    const places = { folder, socket, git, daemonHome: home.path };
    const inputs = { environment, credentials, latest, include, egress, signal };
    const detached = await launchRunner(session, places, inputs);
    void this.#noteExit(session.name, detached.exited);
    return detached;
  }

  async #noteExit(name: string, exited: Promise<string>): Promise<void> {
    this.#exits.set(name, await exited);
    this.#changed(name);
  }

  /** Waits until the runner answers, or until it ends instead. */
  async #untilReady({ name }: SessionRecord, exited: Promise<string> | undefined, signal: AbortSignal): Promise<void> {
    let exit: string | undefined;
    void exited?.then((text) => (exit = text));
    const { clock } = this.#options;
    for (let waited = 0; waited < READY_MS; waited += LOOK_MS) {
      const socket = await tryConnect(this.#socket(name));
      socket?.destroy();
      if (socket !== undefined) return;
      signal.throwIfAborted();
      const folder = this.#folder(name);
      if (exit !== undefined || (exited === undefined && findRunners(folder.path).length === 0)) {
        throw endedAtStart(name, exit, cleanText(folder.logTail(), 1_000));
      }
      await clock.sleep(LOOK_MS, signal);
    }
    throw new Fault("TIMEOUT", `The runner of session "${name}" does not listen after ${READY_MS / 1_000} s`);
  }

  #folder(name: string): RunnerFolder {
    return new RunnerFolder(this.#options.home.sessionFolder(name));
  }

  #record(name: string): WorktreeRecord {
    return new WorktreeRecord(this.#options.home.repositoryFile(name));
  }

  #socket(name: string): string {
    return this.#options.home.sessionSocket(name);
  }

  /** Git in the user's repository. If this daemon is killed, the next one finds the process by its variable. */
  #git({ name, spec }: SessionRecord, stop?: AbortSignal): Git {
    const environment = { ...this.#options.environment, [FOLDER_VARIABLE]: this.#folder(name).path };
    return Git.ofUser(spec.repository, environment, stop);
  }
}
