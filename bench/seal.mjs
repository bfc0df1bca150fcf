// What sealing a row costs the writer, against laying the same content down in the clear.
//
// Contents are of the size of what hospitals send (most resources fall into the class of 1 KiB) and of a larger note.
import { utf8 } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { glassRow } from '@carelet/testbed/glass';
import { each, figure, size } from './kit.mjs';

export const says = 'sealing rows and batches, against the same rows in the clear';

export async function* run() {
  const random = seededRandom('bench/seal'); // keys and nonces of a benchmark need to be repeatable, not secret
  const nodeKey = random(32);
  const at = { part: 'MI', rowId: random(16), version: 1, nodeId: random(16) };
  for (const [what, length] of [
    ['a row of 1 KiB', 900],
    ['a row of 16 KiB', 16_000],
  ]) {
    const content = random(length);
    const { ours, theirs } = await each({
      ours: () => sealRow(nodeKey, at, content, random),
      theirs: () => glassRow(nodeKey, at, content, random),
    });
    yield figure(what, 'us', ours, theirs);
  }

  const author = { id: random(16), secret: signingKey(random).secret };
  const body = utf8('x'.repeat(500));
  const records = Array.from({ length: size(250, 10) }, () => ({ rid: random(16), version: 1, bodies: { QID: body, MI: body } }));
  const batch = (seal) => () => {
    for (const contents of bind(records, author, random)) {
      for (const part of ['QID', 'MI']) seal(nodeKey, { ...at, part }, contents[part], random);
    }
  };
  const { ours, theirs } = await each({ ours: batch(sealRow), theirs: batch(glassRow) }, { times: size(3, 1) });
  const per = records.length;
  yield figure('a record of two parts, bound, signed and sealed in a batch', 'us', ours / per, theirs / per);
}
