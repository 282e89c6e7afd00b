import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../kit/programs.ts";
import { runCli } from "./cliProcess.ts";

const environment = { HOME: "/nowhere" };
const run = (...args: readonly string[]) => runCli(args, { environment, cwd: ROOT });

/** The message for a wrong command line. */
const mistake = async (...args: readonly string[]) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect([exitCode, stdout]).toEqual([2, ""]);
  return stderr;
};

const completions = async (...words: readonly string[]) => {
  const { stdout } = await run("complete", "--", ...words);
  return stdout.split("\n").flatMap((line) => (line === "" || line.startsWith(":") ? [] : line.split("\t", 1)));
};

describe("clauderon", () => {
  it("prints help on standard output and exits 0 without arguments, for --help and for help", async () => {
    const [none, option, command] = await Promise.all([run(), run("--help"), run("help", "run")]);
    expect([none.exitCode, none.stderr]).toEqual([0, ""]);
    expect(none.stdout).toMatch(/^Usage: clauderon [\s\S]* run an AgentJob on this machine\n/);
    expect(option).toEqual(none);
    expect(command.stdout).toMatch(/^Usage: clauderon run /);
  });

  it("prints its version", async () => {
    expect(await run("--version")).toEqual({ exitCode: 0, stdout: "0.1.0\n", stderr: "" });
  });

  it("reports mistakes on the command line in the form of every error, with a suggestion", async () => {
    expect(await mistake("rnu")).toBe("error[USAGE]: Unknown command 'rnu'\nhint: Did you mean run?\n");
    expect(await mistake("run", "--filname", "x")).toBe(
      "error[USAGE]: Unknown option '--filname'\nhint: Did you mean --filename?\n",
    );
    expect(await mistake("run")).toMatch(/^error\[USAGE\]: No manifests given\nhint: Run `clauderon run -f FILE/);
    expect(await mistake("run", "-f")).toMatch(
      /^error\[USAGE\]: Option '-f, --filename <file>' argument missing\nhint: /,
    );
    expect(await mistake("run", "-f", "examples", "a", "b")).toMatch(/^error\[USAGE\]: Too many arguments/);
    expect(await mistake("completion", "tcsh")).toMatch(/^error\[USAGE\]: .*choices are zsh, bash/);
  });

  it("reports a bug as a bug, with the stack only when CLAUDERON_DEBUG is set", async () => {
    const broken = "data:text/javascript,Array.prototype.flatMap = () => { throw new TypeError('flat') }";
    const breaking = { ...environment, NODE_OPTIONS: `--import="${broken}"` };
    const args = ["run", "-f", "examples"];
    const short = await runCli(args, { environment: breaking, cwd: ROOT });
    expect([short.exitCode, short.stderr]).toEqual([1, expect.stringMatching(/^error\[BUG\]: flat\nhint: [^\n]+\n$/)]);
    const long = await runCli(args, { environment: { ...breaking, CLAUDERON_DEBUG: "1" }, cwd: ROOT });
    expect(long.stderr).toMatch(/^error\[BUG\]: TypeError: flat\n {4}at [\s\S]*\nhint: /);
  });

  it("prints nothing when nobody reads its output", async () => {
    const ended = await runCli(["--help"], { environment, unread: true });
    expect([ended.exitCode, ended.stderr]).toEqual([0, ""]);
  });

  it("completes commands, options and manifests", async () => {
    expect(await completions("")).toEqual(expect.arrayContaining(["create", "attach", "run", "completion", "help"]));
    expect(await completions("create", "--backend", "")).toEqual(["local", "kubernetes"]);
    expect(await completions("run", "--")).toEqual(["--filename", "--repository", "--json", "--help"]);
    expect(await completions("run", "-f", "examples/p")).toEqual(["examples/pr-fixer.yaml"]);
  });

  it("prints completion scripts that bash accepts", async () => {
    const { stdout } = await run("completion", "bash");
    const registered = execFileSync("bash", ["-c", 'eval "$(cat)"; complete -p clauderon'], { input: stdout });
    expect(registered.toString()).toMatch(/^complete .*clauderon\n$/);
    expect((await run("completion", "zsh")).stdout).toContain("#compdef clauderon");
    expect((await run("completion", "fish")).stdout).toContain("complete -c clauderon");
  });
});
