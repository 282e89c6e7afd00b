import { execFileSync } from "node:child_process";

/** Who commits in generated repositories, and when: the same content has the same names. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.invalid",
  GIT_AUTHOR_DATE: "1700000000 +0100",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.invalid",
  GIT_COMMITTER_DATE: "1700000000 +0100",
};

/** git in one folder, with no configuration but the repository's. */
export interface GitAt {
  readonly folder: string;
  /** What it prints, one character for each byte, without the last newline. Throws when it fails. */
  run(...args: readonly string[]): string;
  /** The same with something to read, one character for each byte. */
  feed(input: string, ...args: readonly string[]): string;
}

export function gitAt(folder: string, variables: Readonly<Record<string, string>> = {}): GitAt {
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent", LC_ALL: "C", ...IDENTITY, ...variables };
  const call = (args: readonly string[], input?: Buffer) =>
    execFileSync("git", args, {
      cwd: folder,
      env,
      encoding: "latin1",
      input,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      maxBuffer: 100_000_000,
    }).replace(/\n$/, "");
  return {
    folder,
    run: (...args) => call(args),
    feed: (input, ...args) => call(args, Buffer.from(input, "latin1")),
  };
}
