import { EGRESS_MODES, PRESET_NAMES } from "@clauderon/protocol/proxy";
import { ACCESS_MODES } from "@clauderon/protocol";
import { z } from "zod";

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
/** The last label of a name begins with a letter: otherwise it would be an address. */
const LAST = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";

/** A host, or `*.` and a name of at least two labels, in lower case. */
const hostPattern = z
  .string()
  .max(253)
  .regex(new RegExp(`^([*][.](${LABEL}[.])+${LAST}|(${LABEL}[.])*${LAST})$`));

const hostAndPort = z
  .string()
  .max(259)
  .regex(new RegExp(`^(${LABEL}[.])*${LAST}:[1-9][0-9]{0,4}$`));

/** What runs behind the proxy may reach, in the same words as for sessions. */
export const egress = z.object({
  mode: z
    .enum(EGRESS_MODES)
    .default("Enforce")
    .describe("Enforce refuses hosts that are not allowed. Record lets them pass and notes them in the proxy's log."),
  accessMode: z
    .enum(ACCESS_MODES)
    .default("ReadWrite")
    .describe("ReadOnly lets the agent only read from services, except the API of its model."),
  allow: z
    .array(hostPattern)
    .max(200)
    .exactOptional()
    .describe(
      "Hosts that the agent may reach on port 443 besides those of its model, its repositories and its McpServers; *.example.com for every host below that name.",
    ),
  presets: z
    .array(z.enum(PRESET_NAMES))
    .max(PRESET_NAMES.length)
    .exactOptional()
    .describe("Lists of hosts, by their names."),
  tcp: z
    .array(hostAndPort)
    .max(100)
    .exactOptional()
    .describe("Connections of any protocol, each as host:port, such as a database. The proxy does not look into them."),
});
