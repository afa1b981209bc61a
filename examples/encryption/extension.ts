/** What `ZENDESK_EXTENSIONS` names: the ready worker and the CLI read and write payloads with it. */
import type { DataConverter } from '@temporalio/common';
import { AesCodec } from './aes-codec';
import { keyringFromEnv } from './keyring';

export const dataConverter: DataConverter = {
  payloadCodecs: [new AesCodec(keyringFromEnv(process.env))],
  failureConverterPath: require.resolve('./failure-converter'),
};
