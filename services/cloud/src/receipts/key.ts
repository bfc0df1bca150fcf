/**
 * The log's key: in a file of its own, apart from the database. The town manifest names its public half.
 *
 * @module
 */
import { join } from 'node:path';
import { hex } from '@carelet/crypto/algebra/bytes';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { lineTypes, printKey, type Signer } from '@carelet/crypto/receipts/note';
import { keyFile } from '@carelet/ground/secrets';

/** The log whose key lies in this folder, made when there is none. Its name is of its key, so no two logs have one. */
export async function logKey(folder: string): Promise<Signer> {
  const seed = await keyFile(join(folder, 'log.key'));
  const { secret, public: key } = signingKey(() => seed);
  return { name: `log-${hex(key.subarray(0, 8))}`, key, secret };
}

/** The log's public key as the authority is told it. */
export const printLogKey = (log: Signer): string => printKey(log, lineTypes.signature);
