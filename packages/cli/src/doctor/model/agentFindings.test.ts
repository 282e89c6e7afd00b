import { expect, it } from "vitest";
import { credentialFinding, programFinding } from "./agentFindings.ts";

const CODEX = { name: "codex", program: "codex", credentialVariables: ["CODEX_API_KEY", "OPENAI_API_KEY"] };
const has = (variable: string) => variable === "OPENAI_API_KEY";

it("programFinding reports a missing program only when sessions run on this machine", () => {
  expect(programFinding(CODEX, "0.169.0\nmore\n", "local")).toMatchObject({ state: "ok", message: "codex 0.169.0" });
  const install = { fix: "Run `npm install -g @openai/codex`" };
  expect(programFinding(CODEX, undefined, "local")).toMatchObject({ state: "missing", ...install });
  expect(programFinding(CODEX, undefined, "kubernetes")).toMatchObject({ state: "optional", ...install });
});

it("credentialFinding looks for the agent's credentials", () => {
  expect(credentialFinding(CODEX, has)).toMatchObject({ state: "ok", message: "OPENAI_API_KEY" });
  const other = { name: "other", program: "other", credentialVariables: ["OTHER_TOKEN"] };
  expect(credentialFinding(other, has)).toEqual({
    name: "credential",
    state: "missing",
    message: "no credential for other",
    fix: "Run `clauderon credentials set OTHER_TOKEN`",
  });
  expect(credentialFinding({ ...other, credentialVariables: [] }, has).state).toBe("ok");
});
