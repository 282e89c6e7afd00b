import { describe, expect, it } from "vitest";
import { validateManifest } from "./validateManifest.ts";

const API_VERSION = "thurkube.thurbeen.eu/v1alpha1";

function job(spec: object): object {
  const whole = { runtimeRef: "a", authRef: "a", roleRef: "a", prompt: "x", ...spec };
  return { apiVersion: API_VERSION, kind: "AgentJob", metadata: { name: "x" }, spec: whole };
}

function messages(object: unknown, options?: { strict: boolean }): string[] {
  return validateManifest(object, options).map(({ message }) => message);
}

// That these are the API server's own words is proven in test/integration/api.
describe("validateManifest", () => {
  it("accepts a valid manifest", () => {
    expect(validateManifest(job({ schedule: "0 */6 * * *", timezone: "Europe/Paris" }), { strict: true })).toEqual([]);
  });

  it("names the field beside the message", () => {
    expect(validateManifest(job({ env: [{ name: "A" }, { name: "" }] }))).toEqual([
      {
        path: "spec.env[1].name",
        message: "spec.env[1].name: Invalid value: \"\": spec.env[1].name in body should match '^[ -<>-~]+$'",
        blocking: false,
      },
    ]);
  });

  it("evaluates the CEL rules", () => {
    expect(messages(job({ timezone: "Local" }))).toEqual([
      "spec.timezone: Invalid value: \"string\": must be the name of an IANA time zone such as 'Europe/Paris' or 'Etc/UTC'",
    ]);
  });

  it("evaluates no CEL rule on an object of the wrong shape, and says so", () => {
    expect(messages(job({ timezone: "Local", prompt: 5 }))).toEqual([
      'spec.prompt: Invalid value: "integer": spec.prompt in body must be of type string: "integer"',
      "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
    ]);
  });

  it("refuses unknown fields only when strict", () => {
    expect(messages(job({ promt: "x" }))).toEqual([]);
    expect(messages(job({ promt: "x" }), { strict: true })).toEqual([
      'strict decoding error: unknown field "spec.promt"',
    ]);
  });

  it("does not validate what the operator writes, nor foreign objects", () => {
    expect(messages({ ...job({}), status: { phase: "Nonsense" } }, { strict: true })).toEqual([]);
    expect(messages({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: {} }, { strict: true })).toEqual(
      [],
    );
  });

  it("refuses kinds that no API server knows", () => {
    expect(messages({ ...job({}), apiVersion: "thurkube.thurbeen.eu/v1" })).toEqual([
      'no matches for kind "AgentJob" in version "thurkube.thurbeen.eu/v1"',
    ]);
    expect(messages("text")).toEqual(["the manifest is not an object"]);
  });

  it("does not change its argument", () => {
    const object = job({ skillRef: null, persistence: {} });
    const before = JSON.stringify(object);
    validateManifest(object);
    expect(JSON.stringify(object)).toBe(before);
  });
});
