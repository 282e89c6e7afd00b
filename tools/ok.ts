/** `npm run ok`: the fast gate before every commit. Exits 1 when any check fails. */
import { runChecks, STATIC_CHECKS } from "./checks.ts";

const outcomes = await runChecks([
  { name: "unit tests, layers, docs", command: ["vitest", "run", "--project", "unit"] },
  ...STATIC_CHECKS,
]);
process.exitCode = outcomes.every((outcome) => outcome.passed) ? 0 : 1;
