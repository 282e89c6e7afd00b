import type { Log } from "@clauderon/base";
import type { AuditTrail } from "./audit/auditTrail.ts";
import type { LeafCertificates } from "./certificates/leafCertificates.ts";
import type { Limits, Occupancy } from "./limits.ts";
import type { Principals } from "./principals/principals.ts";
import type { Destinations } from "./upstream/destinations.ts";
import type { UpstreamPools } from "./upstream/upstreamPools.ts";

/** What every connection needs. */
export interface ProxyParts {
  readonly principals: Principals;
  readonly occupancy: Occupancy;
  readonly limits: Limits;
  readonly leaves: LeafCertificates;
  readonly pools: UpstreamPools;
  readonly destinations: Destinations;
  readonly audit: AuditTrail;
  readonly log: Log;
}
