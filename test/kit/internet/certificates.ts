import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both PEM. */
interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A throwaway certificate authority: EC P-256, valid from yesterday for thirty days. Its key stays in memory. */
export interface Authority {
  /** The authority's own certificate, PEM: what a client must trust. */
  readonly cert: string;
  /** A server certificate for these names and IP addresses (the first one is its subject). */
  issue(names: readonly [string, ...string[]]): Promise<KeyPair>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(webcrypto);

/** Makes a new authority; two are never the same. */
export async function createAuthority(name = "Clauderon test authority"): Promise<Authority> {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
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

  async function issue(names: readonly [string, ...string[]]): Promise<KeyPair> {
    const leafKeys = await newKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject: `CN=${names[0]}`,
      issuer: root.subject,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { cert: leaf.toString("pem"), key: await keyPem(leafKeys.privateKey) };
  }

  return { cert: root.toString("pem"), issue };
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

function validity() {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) };
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const lines =
    Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key))
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
