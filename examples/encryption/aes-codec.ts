/** Encrypts whole payloads with AES-256-GCM, before they leave the worker or the client. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { Keyring } from './keyring';

const { Payload: PayloadMessage } = temporal.api.common.v1;

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/**
 * Each payload gets a nonce of its own, and its key's id in the clear, so that keys can be rotated. `data` is nonce, ciphertext and
 * tag, one after the other. What was changed on its way is refused.
 */
export class AesCodec implements PayloadCodec {
  constructor(private readonly keyring: Keyring) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#encrypt(payload));
  }

  /** Leaves alone what is not encrypted: there may be workflows from before. */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (textIn(payload, 'encoding') === ENCODING ? this.#decrypt(payload) : payload));
  }

  #encrypt(payload: Payload): Payload {
    const { current, keys } = this.keyring;
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', keys.get(current)!, iv);
    const sealed = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
    return {
      metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(current) },
      data: Buffer.concat([iv, sealed, cipher.getAuthTag()]),
    };
  }

  #decrypt(payload: Payload): Payload {
    const id = textIn(payload, KEY_ID);
    const key = this.keyring.keys.get(id);
    if (!key) throw new Error(`this payload was encrypted with key ${JSON.stringify(id)}, which is not among the keys`);
    const data = Buffer.from(payload.data ?? []);
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH });
    decipher.setAuthTag(data.subarray(-TAG_LENGTH));
    const opened = [decipher.update(data.subarray(IV_LENGTH, -TAG_LENGTH)), decipher.final()];
    return PayloadMessage.decode(Buffer.concat(opened));
  }
}

function textIn({ metadata }: Payload, name: string): string {
  return Buffer.from(metadata?.[name] ?? []).toString();
}
