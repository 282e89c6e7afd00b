import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../cluster/run.ts";

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] as const;
const DAYS = "30";

export interface CertificateRequest {
  /** File name without ending: `<name>.crt` and `<name>.key` appear beside the authority's. */
  readonly name: string;
  /** As openssl takes it: `/O=system:masters/CN=admin`. */
  readonly subject: string;
  /** `DNS:…` and `IP:…`, for servers. */
  readonly alternativeNames?: readonly string[];
}

/** Makes a certificate authority, `ca.crt` and `ca.key`, in the folder. */
export async function createAuthority(folder: string): Promise<void> {
  const [key, certificate] = [join(folder, "ca.key"), join(folder, "ca.crt")];
  await run("openssl", [
    "req",
    "-x509",
    ...CURVE,
    "-days",
    DAYS,
    "-keyout",
    key,
    "-out",
    certificate,
    "-subj",
    "/CN=kubernetes",
  ]);
}

/** Issues a certificate for servers and clients from the folder's authority. */
export async function issueCertificate(folder: string, request: CertificateRequest): Promise<void> {
  const path = (ending: string) => join(folder, `${request.name}.${ending}`);
  const names = request.alternativeNames ?? [];
  const extensions = ["keyUsage=digitalSignature,keyEncipherment", "extendedKeyUsage=serverAuth,clientAuth"];
  if (names.length > 0) extensions.push(`subjectAltName=${names.join(",")}`);
  await writeFile(path("ext"), extensions.join("\n"));
  await run("openssl", [
    "req",
    "-new",
    ...CURVE,
    "-keyout",
    path("key"),
    "-out",
    path("csr"),
    "-subj",
    request.subject,
  ]);
  const authority = ["-CA", join(folder, "ca.crt"), "-CAkey", join(folder, "ca.key"), "-set_serial", serialNumber()];
  await run("openssl", [
    "x509",
    "-req",
    "-in",
    path("csr"),
    ...authority,
    "-days",
    DAYS,
    "-out",
    path("crt"),
    "-extfile",
    path("ext"),
  ]);
}

/** Makes the key pair that signs service account tokens, `sa.key` and `sa.pub`; a new pair disowns every older token. */
export async function createTokenKey(folder: string): Promise<void> {
  const [key, pub] = [join(folder, "sa.key"), join(folder, "sa.pub")];
  await run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]);
  await run("openssl", ["ec", "-in", key, "-pubout", "-out", pub]);
}

function serialNumber(): string {
  return `0x${crypto.randomUUID().replaceAll("-", "").slice(0, 30)}`;
}
