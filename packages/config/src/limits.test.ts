import { expect, it } from "vitest";
import { limitProblem } from "./limits.ts";

it.each([
  ["cpu", "4"],
  ["cpu", "500m"],
  ["cpu", "0.5"],
  ["memory", "8Gi"],
  ["memory", "512Mi"],
  ["memory", "1e9"],
  ["storage", "10Gi"],
] as const)("a limit of %s can be %s", (limited, text) => {
  expect(limitProblem(limited, text)).toBeUndefined();
});

it.each([
  ["memory", "512m", 'cannot be 512m: "m" means thousandths, of a byte; did you mean 512Mi?'],
  ["memory", "8", "cannot be 8, which is 8 bytes; did you mean 8Gi?"],
  ["memory", "512", "cannot be 512, which is 512 bytes; did you mean 512Mi?"],
  ["memory", "512k", "cannot be 512k, which is 512000 bytes; did you mean 512Mi?"],
  ["memory", "8GB", 'must be a Kubernetes quantity such as 8Gi or 512Mi, not "8GB"'],
  ["memory", "-1Gi", "must be more than zero, not -1Gi"],
  ["storage", "0", "must be more than zero, not 0"],
  ["cpu", "four", 'must be a Kubernetes quantity such as 4 or 500m, not "four"'],
  ["cpu", "4Gi", 'cannot be 4Gi, which is 4294967296 cores; two cores are "2", half a core "500m"'],
  ["cpu", "1u", "cannot be 1u: the smallest share of a core is 1m"],
] as const)("a limit of %s cannot be %s", (limited, text, problem) => {
  expect(limitProblem(limited, text)).toBe(problem);
});
