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

/** The work that the workspace was made from. */
export interface CheckoutMark {
  readonly commit: string;
  readonly branch: string;
  /** False while the workspace is being changed. */
  readonly isDone: boolean;
}

/** The folder of one session: its specification, and what an earlier runner left. */
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

  /**
   * Makes the folder if it is missing, and copies that file to session.json; FILE_UNREADABLE when there is no such
   * file.
   */
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

  /** The last status of an earlier runner; undefined when there was none. */
  readStatus(): RunnerStatus | undefined {
    return runnerStatusSchema.safeParse(readJson(this.status)).data;
  }

  /** Whether this runner or an earlier one received `start`. */
  get wasStarted(): boolean {
    return existsSync(this.#started);
  }

  /** Records that the session was started, with this prompt; both survive a power cut. */
  markStarted(prompt: string | undefined): void {
    if (prompt !== undefined) writeDurably(this.#prompt, prompt);
    writeDurably(this.#started, "");
  }

  /** The first prompt, until it has been sent. */
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

  /** Where the runner serves the session's repository from. */
  get serving(): string {
    return `${this.#path}/serving`;
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

/** No file that a runner or a daemon writes to the folder is longer. */
const MAX_BYTES = 33_554_432;

/** The text of a file that we wrote; the agent may have replaced it. */
function readOwn(path: string): string | undefined {
  return readPlainFile(path, MAX_BYTES)?.toString("utf8");
}

/** The JSON of a file that we wrote; undefined when it cannot be read. */
function readJson(path: string): unknown {
  try {
    return parseJsonObject(readOwn(path) ?? "");
  } catch {
    return undefined;
  }
}
