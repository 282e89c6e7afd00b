import { z } from "zod";

/** A Kubernetes resource.Quantity. The pattern is the API server's own. */
export const quantity = z.union([z.int(), z.string()]).meta({
  "x-kubernetes-int-or-string": true,
  pattern:
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
});

const amounts = z.record(z.string(), quantity);

const resourceClaim = z.object({
  name: z.string().describe("Name of an entry in the pod's resourceClaims."),
  request: z.string().exactOptional().describe("Name of one request of the claim. Defaults to all requests."),
});

/** Core ResourceRequirements. */
export const resourceRequirements = z.object({
  limits: amounts.exactOptional().describe("Maximum CPU and memory, such as {cpu: '2', memory: 4Gi}."),
  requests: amounts.exactOptional().describe("CPU and memory that the scheduler reserves. Defaults to the limits."),
  claims: z
    .array(resourceClaim)
    .exactOptional()
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
    .describe("Resource claims of the pod that the container uses."),
});
