import { z } from "zod";
import { quantity } from "./quantity.ts";
import { withRules } from "./rule.ts";

// The API server of Kubernetes 1.34 takes any printable ASCII but "=" in these names.
const variableName = z.string().regex(/^[ -<>-~]+$/);
const variablePrefix = z.string().regex(/^[ -<>-~]*$/);

const optional = z.boolean().exactOptional().describe("Whether the object or the key may be missing.");
const referent = z.string().default("").describe("Name of the object, in the same namespace.");

const keyRef = z.object({ name: referent, key: z.string().describe("The key to take."), optional });

const fieldRef = z.object({
  apiVersion: z.string().exactOptional().describe("Version the path is written in; defaults to v1."),
  fieldPath: z.string().describe("Path of a field of the pod, as in metadata.name or status.podIP."),
});

const resourceFieldRef = z.object({
  containerName: z.string().exactOptional().describe("The container; the agent's own when absent."),
  resource: z.string().describe("A limit or request of the container, as in limits.memory."),
  divisor: quantity.exactOptional().describe("The unit of the value; defaults to 1."),
});

const SOURCES = ["configMapKeyRef", "fieldRef", "resourceFieldRef", "secretKeyRef"];

const valueFrom = withRules(
  z.object({
    configMapKeyRef: keyRef.exactOptional().describe("A key of a ConfigMap."),
    fieldRef: fieldRef.exactOptional().describe("A field of the pod."),
    resourceFieldRef: resourceFieldRef.exactOptional().describe("A limit or request of the container."),
    secretKeyRef: keyRef.exactOptional().describe("A key of a Secret."),
  }),
  [
    {
      rule: `[${SOURCES.map((source) => `has(self.${source})`).join(", ")}].filter(set, set).size() == 1`,
      message: `exactly one of ${SOURCES.slice(0, -1).join(", ")} and ${SOURCES.at(-1)} must be set`,
    },
  ],
);

const envVar = withRules(
  z.object({
    name: variableName.describe("Name of the variable."),
    value: z.string().exactOptional().describe("Its value; $(OTHER) is replaced by the value of another variable."),
    valueFrom: valueFrom.exactOptional().describe("Where the value comes from, instead of value."),
  }),
  [
    {
      rule: "!has(self.valueFrom) || !has(self.value) || size(self.value) == 0",
      message: "valueFrom may not be set when value is not empty",
    },
  ],
);

/** Core EnvVar list. */
export const envVars = z.array(envVar).max(512);

const envSource = z.object({ name: referent, optional });

const envFromSource = withRules(
  z.object({
    prefix: variablePrefix.exactOptional().describe("Text put before each key to make the name of the variable."),
    configMapRef: envSource.exactOptional().describe("The ConfigMap whose keys become variables."),
    secretRef: envSource.exactOptional().describe("The Secret whose keys become variables."),
  }),
  [
    {
      rule: "has(self.configMapRef) != has(self.secretRef)",
      message: "exactly one of configMapRef and secretRef must be set",
    },
  ],
);

/** Core EnvFromSource list. */
export const envFromSources = z.array(envFromSource).max(128);
