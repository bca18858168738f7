/**
 * Certificates made on the spot, for tests of TLS: an authority and what it
 * signs, as X.509 (RFC 5280) in DER (X.690), with ECDSA keys on P-256. They are
 * valid for a day and trusted by nobody else.
 */

/** PEM texts. */
export interface Certificate {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

const DAY_MS = 86_400_000;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

const OID_COMMON_NAME = [0x55, 4, 3];
const OID_ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const OID_SUBJECT_ALT_NAME = [0x55, 0x1d, 17];
const OID_BASIC_CONSTRAINTS = [0x55, 0x1d, 19];

type Bytes = readonly number[];

/** An element: tag, length, contents. */
function der(tag: number, ...contents: readonly Bytes[]): number[] {
  const body = contents.flat();
  const { length } = body;
  if (length < 128) return [tag, length, ...body];
  const lengthBytes = length < 256 ? [length] : [length >> 8, length & 255];
  return [tag, 128 + lengthBytes.length, ...lengthBytes, ...body];
}

const sequence = (...contents: readonly Bytes[]) => der(0x30, ...contents);
const objectId = (bytes: Bytes) => der(6, bytes);
const text = (value: string) => [...new TextEncoder().encode(value)];
const YES = der(1, [0xff]);

/** An unsigned number: no leading zeros but the one that keeps it positive. */
function integer(bytes: Bytes): number[] {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? [0] : bytes.slice(start);
  return der(2, digits[0] >= 128 ? [0, ...digits] : digits);
}

function nameOf(commonName: string): number[] {
  const attribute = sequence(
    objectId(OID_COMMON_NAME),
    der(12, text(commonName)),
  );
  return sequence(der(0x31, attribute));
}

/** A UTCTime: `YYMMDDhhmmssZ`. */
function time(ms: number): number[] {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x17, text(digits.slice(2)));
}

/** For a server on this machine: `localhost`, 127.0.0.1 and ::1. */
function extensions(isAuthority: boolean): number[] {
  const extension = (id: Bytes, isCritical: boolean, value: Bytes) =>
    sequence(objectId(id), isCritical ? YES : [], der(4, value));
  const names = sequence(
    der(0x82, text("localhost")),
    der(0x87, [127, 0, 0, 1]),
    der(0x87, [...new Array(15).fill(0), 1]),
  );
  const constraints = sequence(isAuthority ? YES : []);
  return der(
    0xa3,
    sequence(
      extension(OID_BASIC_CONSTRAINTS, true, constraints),
      isAuthority ? [] : extension(OID_SUBJECT_ALT_NAME, false, names),
    ),
  );
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g)!.join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Signs certificates. */
export class CertificateAuthority {
  readonly #name: string;
  readonly #keys: CryptoKeyPair;
  /** PEM text of its own certificate. */
  readonly certificate: string;
  #serial = 1;

  private constructor(name: string, keys: CryptoKeyPair, certificate: string) {
    this.#name = name;
    this.#keys = keys;
    this.certificate = certificate;
  }

  static async create(name: string): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const own = await sign({
      serial: 1,
      issuer: name,
      subject: name,
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      isAuthority: true,
    });
    return new CertificateAuthority(name, keys, own);
  }

  /** A certificate for a server or client on this machine. */
  async issue(name: string): Promise<Certificate> {
    const keys = await newKeys();
    const certificate = await sign({
      serial: ++this.#serial,
      issuer: this.#name,
      subject: name,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      isAuthority: false,
    });
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { certificate, key: pem("PRIVATE KEY", new Uint8Array(key)) };
  }
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
}

interface Statement {
  readonly serial: number;
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: CryptoKey;
  readonly signingKey: CryptoKey;
  readonly isAuthority: boolean;
}

async function sign(statement: Statement): Promise<string> {
  const { serial, issuer, subject, publicKey, signingKey } = statement;
  const algorithm = sequence(objectId(OID_ECDSA_WITH_SHA256));
  const now = Date.now();
  const body = sequence(
    der(0xa0, integer([2])),
    integer([serial]),
    algorithm,
    nameOf(issuer),
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    nameOf(subject),
    [...new Uint8Array(await crypto.subtle.exportKey("spki", publicKey))],
    extensions(statement.isAuthority),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign(SIGNING, signingKey, new Uint8Array(body)),
  );
  const pair = sequence(
    integer([...signature.subarray(0, 32)]),
    integer([...signature.subarray(32)]),
  );
  const certificate = sequence(body, algorithm, der(3, [0], pair));
  return pem("CERTIFICATE", new Uint8Array(certificate));
}
