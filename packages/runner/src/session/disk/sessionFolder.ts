import { existsSync, readFileSync, rmSync } from "node:fs";
import { Fault, messageOf, parseJsonObject } from "@clauderon/base";
import { makeFolder, readPlainFile, replaceFile } from "@clauderon/files";
import {
  RUNNER_OUTPUT_FOLDER,
  RUNNER_PROMPT_FILE,
  RUNNER_SESSION_FILE,
  type RunnerSession,
  runnerSessionSchema,
  type RunnerStatus,
  runnerStatusSchema,
} from "@clauderon/protocol";
import { writeDurably } from "./durableFile.ts";

/** Which work the workspace was made from. */
export interface CheckoutMark {
  readonly commit: string;
  readonly branch: string;
  /** False from the moment something is changed until all is. */
  readonly isDone: boolean;
}

/** The folder of one session: what it was asked to be, and what a runner before this one left. */
export class SessionFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  get output(): string {
    return `${this.#path}/${RUNNER_OUTPUT_FOLDER}`;
  }

  get events(): string {
    return `${this.#path}/events`;
  }

  get status(): string {
    return `${this.#path}/status.json`;
  }

  /** Makes the folder if need be, and a copy of that file its session.json; FILE_UNREADABLE when there is no such file. */
  takeSession(file: string): void {
    const path = `${this.#path}/${RUNNER_SESSION_FILE}`;
    try {
      const content = readFileSync(file);
      makeFolder(this.#path);
      replaceFile(path, content);
    } catch (cause) {
      throw new Fault("FILE_UNREADABLE", `Cannot make ${path} from ${file}: ${messageOf(cause)}`, { cause });
    }
  }

  /** CONFIG_INVALID names what is wrong with session.json. */
  readSession(): RunnerSession {
    const path = `${this.#path}/${RUNNER_SESSION_FILE}`;
    let json: unknown;
    try {
      json = JSON.parse(readOwn(path) ?? "");
    } catch (cause) {
      throw new Fault("CONFIG_INVALID", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
    }
    const parsed = runnerSessionSchema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Fault("CONFIG_INVALID", `${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }

  /** What the runner before this one knew last; undefined when there was none. */
  readStatus(): RunnerStatus | undefined {
    return runnerStatusSchema.safeParse(readJson(this.status)).data;
  }

  /** Whether the session was told to start, by this runner or one before it. */
  get wasStarted(): boolean {
    return existsSync(this.#started);
  }

  /** From now on the session was started, with this prompt; both outlive a power cut. */
  markStarted(prompt: string | undefined): void {
    if (prompt !== undefined) writeDurably(this.#prompt, prompt);
    writeDurably(this.#started, "");
  }

  /** The first prompt, as long as it has not been sent. */
  readPrompt(): string | undefined {
    return readOwn(this.#prompt);
  }

  removePrompt(): void {
    rmSync(this.#prompt, { force: true, recursive: true });
  }

  readCheckout(): CheckoutMark | undefined {
    return readJson(this.#checkout) as CheckoutMark | undefined;
  }

  writeCheckout(mark: CheckoutMark): void {
    writeDurably(this.#checkout, `${JSON.stringify(mark)}\n`);
  }

  get #prompt(): string {
    return `${this.#path}/${RUNNER_PROMPT_FILE}`;
  }

  get #started(): string {
    return `${this.#path}/started`;
  }

  get #checkout(): string {
    return `${this.#path}/checkout.json`;
  }
}

/** Longer than any file that a runner or a daemon writes to the folder. */
const MAX_BYTES = 33_554_432;

/** The text of a file that we wrote, unless an agent has made something else of it. */
function readOwn(path: string): string | undefined {
  return readPlainFile(path, MAX_BYTES)?.toString("utf8");
}

/** A file that we wrote; undefined when it cannot be read. */
function readJson(path: string): unknown {
  try {
    return parseJsonObject(readOwn(path) ?? "");
  } catch {
    return undefined;
  }
}
