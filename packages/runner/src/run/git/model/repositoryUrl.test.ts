import type { AgentConfig } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { refuseUnsafeNames, repositoryUrl } from "./repositoryUrl.ts";

const config = (part: Partial<AgentConfig>): AgentConfig => ({
  prompt: "x",
  allowedTools: [],
  mcpServers: [],
  repositories: [],
  ...part,
});
const repository = (name: string, owner = "acme", repo = "widgets") =>
  config({ repositories: [{ name, owner, repo }] });

const skill = (repo: string, name: string) => config({ skill: { repo, name, ref: "main" } });

const at = (ref: string) => config({ repositories: [{ name: "x", owner: "acme", repo: "x", ref }] });

describe("refuseUnsafeNames", () => {
  it("accepts names of git hosts and of Kubernetes", () => {
    for (const name of ["widgets", "a.b-c_d", "0", "_x"]) {
      expect(() => refuseUnsafeNames(repository(name, name, name))).not.toThrow();
    }
  });

  it.each(["..", ".", "", "a/b", "-x", ".git", "a b", "a\nb", "a%2fb", "ä"])("refuses %j in any place", (name) => {
    for (const wrong of [
      repository(name),
      repository("x", name),
      repository("x", "y", name),
      skill(`acme/${name}`, "x"),
      skill("acme/x", name),
    ]) {
      expect(() => refuseUnsafeNames(wrong)).toThrow("cannot be a name");
    }
  });

  it("accepts any branch that is not a flag", () => {
    expect(() => refuseUnsafeNames(at("feature/x@1"))).not.toThrow();
    expect(() => refuseUnsafeNames(at("--orphan=x"))).toThrow('"--orphan=x" cannot be a name');
  });

  it("refuses a skill's repository that is not owner/repo", () => {
    for (const repo of ["acme", "acme/x/y"]) {
      expect(() => refuseUnsafeNames(skill(repo, "x"))).toThrow("cannot be a name");
    }
  });
});

describe("repositoryUrl", () => {
  it("joins host, owner and repository", () => {
    const url = repositoryUrl("https://github.com", { owner: "acme", repo: "widgets" });
    expect(url).toBe("https://github.com/acme/widgets.git");
  });
});
