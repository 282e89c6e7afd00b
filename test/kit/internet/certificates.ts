import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both PEM. */
interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A throwaway certificate authority: EC P-256, valid for thirty days. Its key stays in memory. */
export interface Authority {
  /** The authority's own certificate, PEM: what a client must trust. */
  readonly cert: string;
  /**
   * A server certificate for these names and IP addresses (the first one is its subject), valid for `days`, which may
   * lie in the past.
   */
  issue(names: readonly [string, ...string[]], options?: { readonly days: number }): Promise<KeyPair>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
const VALID_DAYS = 30;

x509.cryptoProvider.set(webcrypto);

/** Makes a new authority; two are never the same. */
export async function createAuthority(name = "Clauderon test authority"): Promise<Authority> {
  return authorityOf(await createRoot(name));
}

/**
 * The authority kept in a folder, made on the first call and again when it is about to expire: images that trust it need not
 * be built again for every run. Its key stays in that folder, readable by the user alone, and is good for tests only.
 */
export async function keptAuthority(folder: string): Promise<Authority> {
  const [certFile, keyFile] = [join(folder, "ca.crt"), join(folder, "ca.key")];
  if (existsSync(keyFile)) {
    const certificate = new x509.X509Certificate(await readFile(certFile, "utf8"));
    const privateKey = await readKey(await readFile(keyFile, "utf8"));
    if (certificate.notAfter.getTime() > Date.now() + DAY_MS) return authorityOf({ certificate, privateKey });
  }
  const root = await createRoot("Clauderon test authority");
  await mkdir(folder, { recursive: true });
  await writeFile(certFile, `${root.certificate.toString("pem")}\n`);
  await writeFile(keyFile, await keyPem(root.privateKey), { mode: 0o600 });
  return authorityOf(root);
}

interface Root {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

async function createRoot(name: string): Promise<Root> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

function authorityOf({ certificate, privateKey }: Root): Authority {
  async function issue(names: readonly [string, ...string[]], { days } = { days: VALID_DAYS }): Promise<KeyPair> {
    const leafKeys = await newKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      ...validity(days),
      subject: `CN=${names[0]}`,
      issuer: certificate.subject,
      publicKey: leafKeys.publicKey,
      signingKey: privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(certificate),
      ],
    });
    return { cert: leaf.toString("pem"), key: await keyPem(leafKeys.privateKey) };
  }

  return { cert: certificate.toString("pem"), issue };
}

/** Writes `ca.crt` into a folder, made if it is missing, and returns its path. */
export async function writeAuthority(authority: Authority, folder: string): Promise<string> {
  const file = join(folder, "ca.crt");
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${authority.cert}\n`);
  return file;
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

/** From two days ago on. */
function validity(days = VALID_DAYS) {
  return { notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const lines =
    Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key))
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

async function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
  return await webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]);
}
