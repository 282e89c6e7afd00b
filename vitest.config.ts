import { defineConfig } from "vitest/config";

/** What needs the kit's own cluster, whose components it may stop. */
const OF_OWN_CLUSTER = [
  "test/kit/cluster/*.cluster.test.ts",
  "test/e2e/outage.test.ts",
  "test/e2e/sessionLosses.test.ts",
];
/** How long `expect.poll` waits for its condition: a busy machine is slow, and a test that never sees it has failed anyway. */
const PATIENCE = { poll: { timeout: 20_000 } };
/** What needs the whole machine for itself, and would make every other test late. */
const CROWDS = ["test/integration/daemon/many.test.ts"];
const isForeign = (process.env["CLAUDERON_TEST_KUBECONFIG"] ?? "") !== "";

/** Test levels, weakest first; a promise is tested at the weakest level that can fail for the right reason. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          expect: PATIENCE,
          testTimeout: 30_000,
          include: [
            "packages/*/src/**/*.test.ts",
            "tools/**/*.test.ts",
            "test/architecture/*.test.ts",
            "test/docs/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "integration",
          expect: PATIENCE,
          include: ["test/integration/**/*.test.ts", "test/kit/**/*.test.ts"],
          exclude: ["test/kit/cluster/*.cluster.test.ts", ...CROWDS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "crowds",
          expect: PATIENCE,
          include: CROWDS,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          expect: PATIENCE,
          include: ["test/e2e/**/*.test.ts", "test/kit/cluster/*.cluster.test.ts"],
          exclude: isForeign ? OF_OWN_CLUSTER : [],
          globalSetup: ["test/kit/cluster/globalSetup.ts"],
          testTimeout: 240_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
