import { sessionNameSchema, sessionSpecSchema } from "@clauderon/protocol";
import { z } from "zod";

/** Why a session could not become what it is wanted to be; a Fault that can be kept. */
const failureSchema = z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() });
export type Failure = z.infer<typeof failureSchema>;

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
});

/** What is wanted of a session, and how far that has come: all that must outlive the daemon. */
export interface Entry {
  readonly record: {
    readonly name: string;
    readonly uid: string;
    readonly createdTime: string;
    readonly spec: z.infer<typeof sessionSpecSchema>;
    /** Empty until the work it begins with is captured. */
    readonly commit: string;
  };
  readonly wanted: "Running" | "Archived" | "Deleted";
  /** Its agent was told to start, with the prompt if there was one. */
  readonly started: boolean;
  /** It shall be stopped once before it goes on. */
  readonly restart: boolean;
  /** Whether its deletion may lose work. */
  readonly discardWork: boolean;
  /** Set when the daemon has given up; cleared by whoever wants it tried again. */
  readonly failure: Failure | undefined;
  /** Where its work was rescued to, on its way out. */
  readonly rescuedRef: string | undefined;
  /** Its work was fetched after its agent had ended, and no agent has run since. */
  readonly saved: boolean;
  /** Names of the variables by which its agent is handed credentials that it can read. */
  readonly credentials: readonly string[];
  /** What of the checkout did not come along when it was captured, each a sentence for people. */
  readonly notices: readonly string[];
}

/** The entry of a row; a text when the row makes no sense, which says where. */
export function parseRow(columns: unknown): Entry | string {
  const parsed = rowSchema.safeParse(columns);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join(".") ?? "row"}: ${issue?.message ?? "is not valid"}`;
  }
  const { name, uid, created_time: createdTime, spec, commit_name: commit, ...row } = parsed.data;
  return {
    record: { name, uid, createdTime, spec, commit },
    wanted: row.wanted,
    started: row.started,
    restart: row.restart,
    discardWork: row.discard_work,
    failure: row.failure,
    rescuedRef: row.rescued_ref ?? undefined,
    saved: row.saved,
    credentials: row.credentials,
    notices: row.notices,
  };
}
