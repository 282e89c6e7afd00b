import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { lstatSync } from "node:fs";
import { Fault, messageOf } from "@clauderon/base";
import { replaceFile } from "@clauderon/files";
import * as x509 from "@peculiar/x509";
import { readPrivateFile } from "../folders/privateFile.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const MAX_BYTES = 65_536;
/** Days that a leaf certificate is valid, from a day ago on: clocks of clients may be late. */
export const LEAF_DAYS = 7;

x509.cryptoProvider.set(webcrypto);

/** A certificate with its private key, both PEM. */
interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** The authority that clients trust for every intercepted host. Its key never leaves this object and its file. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** A server certificate for one host, valid for LEAF_DAYS. All leaves share one key, made at start. */
  issue(host: string, now: number): Promise<Leaf>;
}

/**
 * Reads the authority from its file, which holds the certificate and the key, or makes both when the file does not exist.
 * Throws a Fault for a file that is not ours alone, damaged or expired: a silent new one would break every client.
 */
export async function loadAuthority(file: string, now: number): Promise<Authority> {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) {
    const { certificate, key } = await newAuthority(now);
    replaceFile(file, `${certificate}\n${key}`, { durable: true });
  }
  return await readAuthority(`the file ${file}`, readPrivateFile(file, MAX_BYTES), now);
}

/** The authority by its certificate and key, PEM. A Fault names `where` they are if they are damaged or have expired. */
export async function readAuthority(where: string, pem: string, now: number): Promise<Authority> {
  const { certificate, key } = await parse(where, pem);
  if (certificate.notAfter.getTime() >= now) return authorityOf(certificate, key);
  throw new Fault("CONFIG_INVALID", `The proxy's authority in ${where} has expired`, { hint: hintFor(where) });
}

const hintFor = (where: string) => `Remove ${where} and restart the proxy. Clients must then trust the new ca.crt`;

/** A new authority: its certificate and its key, PEM. */
export async function newAuthority(now: number): Promise<{ readonly certificate: string; readonly key: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=clauderon proxy ${Buffer.from(webcrypto.getRandomValues(new Uint8Array(4))).toString("hex")}`,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await keyPem(keys.privateKey) };
}

async function parse(
  where: string,
  pem: string,
): Promise<{ certificate: x509.X509Certificate; key: webcrypto.CryptoKey }> {
  try {
    const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    const key = await webcrypto.subtle.importKey("pkcs8", new Uint8Array(der), ALGORITHM, false, ["sign"]);
    const [certificatePem = ""] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem) ?? [];
    return { certificate: new x509.X509Certificate(certificatePem), key };
  } catch (cause) {
    throw new Fault("CONFIG_INVALID", `The proxy's authority in ${where} is damaged: ${messageOf(cause)}`, {
      hint: hintFor(where),
      cause,
    });
  }
}

async function authorityOf(certificate: x509.X509Certificate, signingKey: webcrypto.CryptoKey): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const key = await keyPem(keys.privateKey);
  const issuerKey = await x509.AuthorityKeyIdentifierExtension.create(certificate);
  return {
    certificate: `${certificate.toString("pem")}\n`,
    async issue(host, now) {
      const leaf = await x509.X509CertificateGenerator.create({
        // Not the host, which can be longer than a common name may be.
        subject: "CN=clauderon proxy",
        issuer: certificate.subject,
        notBefore: new Date(now - DAY_MS),
        notAfter: new Date(now + LEAF_DAYS * DAY_MS),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
          issuerKey,
        ],
      });
      return { cert: leaf.toString("pem"), key };
    },
  };
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, type: "pkcs8", format: "der" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}
