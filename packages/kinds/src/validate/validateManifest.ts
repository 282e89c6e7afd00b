import { GROUP } from "../group.ts";
import { KINDS } from "../kinds.ts";
import { kindSchema } from "../schema/crd.ts";
import type { StructuralSchema } from "../schema/structuralSchema.ts";
import { celErrors, hasRules } from "./celErrors.ts";
import { coerce, isObject, unknownFields } from "./coerce.ts";
import { kindOf } from "./kindOf.ts";
import { general, invalid, type ManifestError, required } from "./manifestError.ts";
import { duplicateErrors, schemaErrors } from "./schemaErrors.ts";

/** The fields of metav1.ObjectMeta. */
const METADATA = new Set(
  (
    "annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation labels " +
    "managedFields name namespace ownerReferences resourceVersion selfLink uid"
  ).split(" "),
);

const UNCHECKED =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

const SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/**
 * Validates an object without a server. Returns the errors of `kubectl apply` in the API server's own words (Kubernetes
 * 1.34); the API server stores an object without errors. The order of several errors is not defined, as on the server.
 *
 * `strict` refuses unknown fields, as kubectl does by default. Objects of other API groups have no errors. Of the metadata
 * only the name is checked. The status is ignored, because only the operator writes it.
 */
export function validateManifest(object: unknown, options: { readonly strict?: boolean } = {}): ManifestError[] {
  if (!isObject(object)) return [general("the manifest is not an object")];
  const kind = kindOf(object);
  if (kind === undefined) return unmatched(object);
  const schema = kindSchema(kind);
  const unknown = options.strict === true ? unknownOf(object, schema) : [];
  const [first] = unknown;
  if (first !== undefined) {
    const fields = unknown.map((path) => `unknown field "${path}"`).join(", ");
    return [{ path: first, message: `strict decoding error: ${fields}`, blocking: true }];
  }
  return findings(object, schema);
}

function findings(object: Readonly<Record<string, unknown>>, schema: StructuralSchema): ManifestError[] {
  const specSchema = schema.properties?.["spec"] ?? {};
  const given = object["spec"] ?? undefined;
  const spec = coerce(given, specSchema);
  const errors = [
    ...nameErrors(object["metadata"]),
    ...(given === undefined ? [required("spec")] : schemaErrors(spec, specSchema, "spec")),
    ...duplicateErrors(spec, specSchema, "spec"),
  ];
  if (!errors.some(({ blocking }) => blocking)) return [...errors, ...celErrors(spec, specSchema, "spec")];
  return hasRules(specSchema) ? [...errors, { ...invalid("<nil>", null, UNCHECKED), path: "" }] : errors;
}

function nameErrors(metadata: unknown): ManifestError[] {
  const { name, generateName } = isObject(metadata) ? metadata : {};
  if (typeof name !== "string" || name === "") {
    return generateName === undefined ? [required("metadata.name", "name or generateName is required")] : [];
  }
  if (name.length > 253) return [invalid("metadata.name", name, "must be no more than 253 characters")];
  if (new RegExp(`^${SUBDOMAIN}$`).test(name)) return [];
  const detail =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
    `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
  return [invalid("metadata.name", name, detail)];
}

function unknownOf(object: Readonly<Record<string, unknown>>, schema: StructuralSchema): string[] {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const names = isObject(metadata) ? Object.keys(metadata).filter((name) => !METADATA.has(name)) : [];
  return [...names.map((name) => `metadata.${name}`), ...unknownFields(rest, schema, "").toSorted()];
}

/** kubectl's messages for an unknown kind or version. */
function unmatched({ apiVersion, kind }: Readonly<Record<string, unknown>>): ManifestError[] {
  if (typeof apiVersion !== "string" || apiVersion === "") return [general("apiVersion not set")];
  if (typeof kind !== "string" || kind === "") return [general("kind not set")];
  const meansOurs = apiVersion.startsWith(`${GROUP}/`) || KINDS.some((ours) => ours.kind === kind);
  return meansOurs ? [general(`no matches for kind "${kind}" in version "${apiVersion}"`)] : [];
}
