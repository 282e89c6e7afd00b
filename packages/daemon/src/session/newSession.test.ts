import { resolveConfig } from "@clauderon/config";
import { expect, it } from "vitest";
import { newSpec } from "./newSession.ts";

it.each([
  ["a request", "ReadOnly", "ReadWrite"],
  ["the configuration", undefined, "ReadOnly"],
] as const)(
  "newSpec refuses the access mode of %s, because nothing would enforce it",
  async (_, accessMode, configured) => {
    const environment = { CLAUDERON_SESSION_ACCESS_MODE: configured };
    const { values: defaults } = resolveConfig({ environment, file: undefined });
    const request = { repository: "/nowhere", ...(accessMode === undefined ? {} : { accessMode }) };
    await expect(newSpec(request, "web", { defaults, environment: {} })).rejects.toMatchObject({
      code: "FEATURE_DISABLED",
      hint: expect.stringContaining("--access-mode and access_mode") as unknown,
    });
  },
);
