import { z } from "zod";

/** A number with a unit, as Kubernetes' resource.Quantity; the pattern is the API server's own for it. */
export const quantity = z.union([z.int(), z.string()]).meta({
  "x-kubernetes-int-or-string": true,
  pattern:
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
});

const amounts = z.record(z.string(), quantity);

const resourceClaim = z.object({
  name: z.string().describe("Name of an entry in the pod's resourceClaims."),
  request: z.string().exactOptional().describe("One request of that claim; all of them when absent."),
});

/** Core ResourceRequirements. */
export const resourceRequirements = z.object({
  limits: amounts.exactOptional().describe("The most the agent may use, as in {cpu: '2', memory: 4Gi}."),
  requests: amounts.exactOptional().describe("What the scheduler sets aside for the agent; defaults to the limits."),
  claims: z
    .array(resourceClaim)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
    .describe("Names of the pod's resource claims that the container uses."),
});
