import { sessionNameSchema, sessionSpecSchema } from "@clauderon/protocol";
import { z } from "zod";
import type { NamespacePlace } from "../../model/namespacePlace.ts";

/** Why a session could not reach its wanted state; a Fault in a form that can be stored. */
const failureSchema = z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() });
export type Failure = z.infer<typeof failureSchema>;

const placeSchema = z.object({ namespace: z.string(), uid: z.string().min(1), context: z.string().optional() });

const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);

const rowSchema = z.object({
  name: sessionNameSchema,
  uid: z.uuid(),
  created_time: z.iso.datetime(),
  spec: json(sessionSpecSchema),
  commit_name: z.string().regex(/^([0-9a-f]{40}([0-9a-f]{24})?)?$/, "must be the full name of a commit"),
  wanted: z.enum(["Running", "Archived", "Deleted"]),
  started: flag,
  restart: flag,
  discard_work: flag,
  failure: z.union([z.null().transform(() => undefined), json(failureSchema)]),
  rescued_ref: z.string().nullable(),
  saved: flag,
  credentials: json(z.array(z.string())),
  notices: json(z.array(z.string())),
  fetched_bytes: z.number().int().min(0),
  // `null` in JSON says that nothing was made yet; NULL, that nobody has written down where.
  place: z.union([z.null().transform(() => undefined), json(placeSchema.nullable())]),
});

/** The wanted state of a session, and its progress towards it: everything that must outlive the daemon. */
export interface Entry {
  readonly record: {
    readonly name: string;
    readonly uid: string;
    readonly createdTime: string;
    readonly spec: z.infer<typeof sessionSpecSchema>;
    /** Empty until the initial work is captured. */
    readonly commit: string;
    /** See SessionRecord. */
    readonly place?: NamespacePlace | null | undefined;
  };
  readonly wanted: "Running" | "Archived" | "Deleted";
  /** Its agent was asked to start, with the prompt if there was one. */
  readonly started: boolean;
  /** It must be stopped once before it runs again. */
  readonly restart: boolean;
  /** Whether its deletion may lose work. */
  readonly discardWork: boolean;
  /** Set when the daemon has given up; cleared to make it try again. */
  readonly failure: Failure | undefined;
  /** The ref to which its work was rescued during deletion. */
  readonly rescuedRef: string | undefined;
  /** Its work was fetched after its agent had ended, and no agent has run since. */
  readonly saved: boolean;
  /** Names of the variables that give its agent credentials, which the agent can read. */
  readonly credentials: readonly string[];
  /** What could not be captured of the checkout, each a sentence for people. */
  readonly notices: readonly string[];
  /** How many bytes of its work came to the user's repository after its turns, unasked. */
  readonly fetchedBytes: number;
}

/** The entry of a row; for an invalid row, a text that says what is wrong. */
export function parseRow(columns: unknown): Entry | string {
  const parsed = rowSchema.safeParse(columns);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join(".") ?? "row"}: ${issue?.message ?? "is not valid"}`;
  }
  const { name, uid, created_time: createdTime, spec, commit_name: commit, place, ...row } = parsed.data;
  return {
    record: { name, uid, createdTime, spec, commit, ...(place === undefined ? {} : { place }) },
    wanted: row.wanted,
    started: row.started,
    restart: row.restart,
    discardWork: row.discard_work,
    failure: row.failure,
    rescuedRef: row.rescued_ref ?? undefined,
    saved: row.saved,
    credentials: row.credentials,
    notices: row.notices,
    fetchedBytes: row.fetched_bytes,
  };
}
