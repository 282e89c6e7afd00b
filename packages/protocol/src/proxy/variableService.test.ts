import { expect, it } from "vitest";
import { serviceFor } from "./variableService.ts";

it("serviceFor refuses a credential of no known service", () => {
  expect(serviceFor("GH_TOKEN")).toBe("github");
  expect(() => serviceFor("DATABASE_URL")).toThrow("The proxy knows no service that takes DATABASE_URL");
});
