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
/**
 * What is repeated on the oldest Kubernetes of the promise, because a version can change it: the schemas and CEL rules of
 * the CRDs, what the API server validates, defaults and drops, server-side apply, watches, leases, events, Pod Security,
 * reviews of the user and of rights, and the operator and the daemon as a whole. What a version cannot change is not
 * repeated: git, processes, terminals, connections and credentials, long lists, and the points where the operator can be killed.
 */
const PER_KUBERNETES = [
  "test/integration/api/*.test.ts",
  "test/integration/chart.test.ts",
  "test/integration/controller/!(longLists).test.ts",
  "test/integration/kube/{client,watch}.test.ts",
  "test/integration/kubernetes/*.test.ts",
  "test/integration/operator/!(crash).test.ts",
  "test/integration/session/doctor.test.ts",
];
const INTEGRATION = { expect: PATIENCE, testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 2 };
const isForeign = (process.env["CLAUDERON_TEST_KUBECONFIG"] ?? "") !== "";

/** Test levels, weakest first; a promise is tested at the weakest level that can fail for the right reason. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          expect: PATIENCE,
          testTimeout: 120_000,
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
          ...INTEGRATION,
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/kit/**/*.test.ts"],
          exclude: ["test/kit/cluster/*.cluster.test.ts", ...CROWDS],
        },
      },
      {
        test: {
          ...INTEGRATION,
          name: "oldest",
          include: PER_KUBERNETES,
          env: { CLAUDERON_TEST_KUBERNETES: "oldest" },
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
