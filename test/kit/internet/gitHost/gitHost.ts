import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Handler } from "../listen.ts";
import { listenPlain } from "../listen.ts";
import type { RecordedRequest } from "../recorder.ts";
import { Recorder } from "../recorder.ts";
import type { Commit } from "./repositories.ts";
import { gitEnvironment } from "./config.ts";
import { Repositories } from "./repositories.ts";

/** What a token may do; `push` includes `fetch`. */
type GitPermission = "fetch" | "push";

export interface GitHostOptions {
  /** `owner/name` → what it holds at first. Anyone may fetch it unless it is `private`; a push always needs a token. */
  readonly repositories?: Readonly<Record<string, SeedRepository>>;
  /** Token → what it may do, in every repository. */
  readonly tokens?: Readonly<Record<string, GitPermission>>;
}

interface SeedRepository {
  /** Path → text, committed to `main`. */
  readonly files: Readonly<Record<string, string>>;
  readonly private?: boolean;
}

export interface GitHost {
  readonly handle: Handler;
  /** Oldest first; the newest 1,000 are kept. Packs are not: `body` is always `undefined`. */
  readonly requests: readonly RecordedRequest[];
  /** Adds a repository while the host runs. */
  add(name: string, seed: SeedRepository): Promise<void>;
  /** The commits of a branch, tag or hash (default `main`), newest first; rejects when there is no such ref. */
  log(name: string, ref?: string): Promise<readonly Commit[]>;
  /** A file's text at a ref (default `main`); rejects when there is no such file or ref. */
  readFile(name: string, file: string, ref?: string): Promise<string>;
  branches(name: string): Promise<readonly string[]>;
  /** Deletes the repositories. */
  remove(): Promise<void>;
}

export interface GitHostServer extends Omit<GitHost, "handle" | "remove"> {
  /** Clone from `${baseUrl}/owner/name`. */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

type Service = "git-upload-pack" | "git-receive-pack";

interface Call {
  readonly name: string;
  readonly service: Service;
  readonly advertise: boolean;
}

/** A git smart-HTTP host on plain loopback HTTP: real git behind it, tokens by Basic (any user) or Bearer. */
export async function startGitHost(options: GitHostOptions & { readonly port?: number }): Promise<GitHostServer> {
  const host = await createGitHost(options);
  const listener = await listenPlain(host.handle, options.port);
  const stop = async () => {
    await listener.stop();
    await host.remove();
  };
  return { ...host, baseUrl: `http://127.0.0.1:${listener.port}`, stop };
}

/** The same without a listener, for a server of one's own. */
export async function createGitHost(options: GitHostOptions): Promise<GitHost> {
  const repositories = await Repositories.create();
  const hidden = new Set<string>();
  const recorder = new Recorder();

  async function add(name: string, seed: SeedRepository): Promise<void> {
    await repositories.seed(name, seed.files);
    if (seed.private === true) hidden.add(name);
  }
  for (const [name, seed] of Object.entries(options.repositories ?? {})) await add(name, seed);

  function isAllowed(call: Call, token: string | undefined): boolean {
    const permission = token === undefined ? undefined : options.tokens?.[token];
    if (call.service === "git-receive-pack") return permission === "push";
    return permission !== undefined || !hidden.has(call.name);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token, method, url } = recorder.add(request);
    const call = parseCall(method, url);
    if (call === undefined || !(await repositories.has(call.name)))
      return refuse(response, 404, "Repository not found.");
    if (!isAllowed(call, token)) {
      const known = token !== undefined && Object.hasOwn(options.tokens ?? {}, token);
      return known ? refuse(response, 403, "Write access to repository not granted.") : challenge(response);
    }
    await serve(request, response, call, repositories.folder(call.name));
  }

  return {
    handle,
    requests: recorder.requests,
    add,
    log: (name, ref) => repositories.log(name, ref),
    readFile: (name, file, ref) => repositories.readFile(name, file, ref),
    branches: (name) => repositories.branches(name),
    remove: () => repositories.remove(),
  };
}

function parseCall(method: string, url: string): Call | undefined {
  const { pathname, searchParams } = new URL(url, "http://host");
  const [, name, tail] =
    /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(pathname) ?? [];
  if (name === undefined || tail === undefined || name.split("/").includes("..")) return undefined;
  const advertise = tail === "info/refs";
  const service = advertise ? searchParams.get("service") : tail;
  if (service !== "git-upload-pack" && service !== "git-receive-pack") return undefined;
  return method === (advertise ? "GET" : "POST") ? { name, service, advertise } : undefined;
}

async function serve(request: IncomingMessage, response: ServerResponse, call: Call, folder: string): Promise<void> {
  const protocol = request.headers["git-protocol"];
  const kind = call.advertise ? "advertisement" : "result";
  response.writeHead(200, { "content-type": `application/x-${call.service}-${kind}`, "cache-control": "no-cache" });
  if (call.advertise) response.write(`${packetLine(`# service=${call.service}\n`)}0000`);
  const args = [
    call.service.slice("git-".length),
    "--stateless-rpc",
    ...(call.advertise ? ["--http-backend-info-refs"] : []),
  ];
  const git = spawn("git", [...args, folder], {
    env: { ...gitEnvironment, ...(typeof protocol === "string" ? { GIT_PROTOCOL: protocol } : {}) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = () => git.kill();
  response.once("close", gone);
  const unpacked = request.headers["content-encoding"] === "gzip" ? [createGunzip()] : [];
  // git may answer and leave before it has read everything, which breaks the pipe into it; its answer decides.
  const input = pipeline([request, ...unpacked, git.stdin]).catch(() => undefined);
  await pipeline(git.stdout, response);
  await input;
}

const packetLine = (line: string): string => (line.length + 4).toString(16).padStart(4, "0") + line;

function challenge(response: ServerResponse): void {
  response.setHeader("www-authenticate", 'Basic realm="git"');
  refuse(response, 401, "Authentication required.");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${message}\n`);
}
