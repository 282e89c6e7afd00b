import { z } from "zod";
import { withRules } from "./rule.ts";

/** The name of an object in the same namespace: a lowercase RFC 1123 subdomain, as Kubernetes requires for most names. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);

/** A key of a Secret or ConfigMap. */
export const dataKey = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/);

/** An owner, or the name of a directory: safe in a URL, in a path and on a command line. */
export const pathSegment = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);

/** The name of a git repository. Unlike an owner it may start with a dot, such as `.github`. */
export const repositoryName = z
  .string()
  .max(100)
  .regex(/^[.]?[A-Za-z0-9_][A-Za-z0-9._-]*$/);

/** `owner/repo` on the git host. */
export const repositoryPath = z
  .string()
  .max(201)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*\/[.]?[A-Za-z0-9_][A-Za-z0-9._-]*$/);

/** A branch, tag or commit that satisfies git-check-ref-format(1) and cannot be read as a command line option. */
export const gitRef = withRules(z.string().min(1).max(255), [
  {
    rule: "self.matches('^[A-Za-z0-9_][A-Za-z0-9_./+@#=,-]*$') && !self.matches('[.][.]|//|/[.]|[./]$|[.]lock(/|$)')",
    message: "must be the name of a branch, tag or commit: without spaces or '..', and not starting with '-' or '.'",
  },
]);

/** The name of an environment variable that every shell accepts. */
export const envVarName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** A directory in the container, below the root, without `.` and `..` segments. */
export const absolutePath = withRules(z.string().max(1024), [
  {
    rule: "self.matches('^/+[^/:][^:]*$') && !self.matches('/[.][.]?(/|$)')",
    message: "must be an absolute path below the root, without '.' or '..' segments and without ':'",
  },
]);
