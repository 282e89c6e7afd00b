import { z } from "zod";
import { quantity } from "./quantity.ts";
import { withRules } from "./rule.ts";

// The API server of Kubernetes 1.34 accepts any printable ASCII except "=" in these names.
const variableName = z.string().regex(/^[ -<>-~]+$/);
const variablePrefix = z.string().regex(/^[ -<>-~]*$/);

const optional = z
  .boolean()
  .exactOptional()
  .describe("Whether the object or key is optional. Defaults to false: the container waits until it exists.");
const referent = z.string().default("").describe("Name of an object in the same namespace.");

const keyRef = z.object({ name: referent, key: z.string().describe("Key of the object."), optional });

const fieldRef = z.object({
  apiVersion: z.string().exactOptional().describe("API version of the path. Defaults to v1."),
  fieldPath: z.string().describe("Path of a field of the pod, such as metadata.name or status.podIP."),
});

const resourceFieldRef = z.object({
  containerName: z.string().exactOptional().describe("Name of the container. Defaults to the agent's container."),
  resource: z.string().describe("Resource limit or request, such as limits.memory."),
  divisor: quantity.exactOptional().describe("Unit of the value. Defaults to 1."),
});

const SOURCES = ["configMapKeyRef", "fieldRef", "resourceFieldRef", "secretKeyRef"];

const valueFrom = withRules(
  z.object({
    configMapKeyRef: keyRef.exactOptional().describe("Takes the value from a key of a ConfigMap."),
    fieldRef: fieldRef.exactOptional().describe("Takes the value from a field of the pod."),
    resourceFieldRef: resourceFieldRef
      .exactOptional()
      .describe("Takes the value from a resource limit or request of the container."),
    secretKeyRef: keyRef.exactOptional().describe("Takes the value from a key of a Secret."),
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
    name: variableName.describe("Name of the environment variable."),
    value: z
      .string()
      .exactOptional()
      .describe("Value of the variable. $(NAME) expands to the value of another variable."),
    valueFrom: valueFrom.exactOptional().describe("Source of the value. Cannot be set if value is not empty."),
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
    prefix: variablePrefix.exactOptional().describe("Prefix of the variable names, before each key."),
    configMapRef: envSource.exactOptional().describe("ConfigMap whose keys become variables."),
    secretRef: envSource.exactOptional().describe("Secret whose keys become variables."),
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
