// What opening a row costs the reader, against looking at the same content in the clear.

import { encodeBody } from '@carelet/client/records/body';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { openRow, unbind } from '@carelet/crypto/records/reader';
import { bind, sealRow } from '@carelet/crypto/records/writer';
import { glassRow, lookThrough } from '@carelet/testbed/glass';
import { each, figure } from './kit.mjs';

export const says = 'opening rows, against the same rows in the clear';

export async function* run() {
  const random = seededRandom('bench/open');
  const nodeKey = random(32);
  const author = { id: random(16), secret: signingKey(random).secret };
  for (const [what, length] of [
    ['a row of 1 KiB', 500],
    ['a row of 16 KiB', 15_000],
  ]) {
    const body = encodeBody({ kind: 'fhir', json: 'x'.repeat(length) });
    const rid = random(16);
    const [contents] = bind([{ rid, version: 1, bodies: { MI: body } }], author, random);
    const at = { part: 'MI', rowId: random(16), version: 1, nodeId: random(16) };
    const sealed = sealRow(nodeKey, at, contents.MI, random);
    const clear = glassRow(nodeKey, at, contents.MI, random);
    const { ours, theirs } = await each({
      ours: () => unbind('MI', openRow(nodeKey, 'MI', sealed).content),
      theirs: () => lookThrough('MI', clear),
    });
    yield figure(what, 'us', ours, theirs);
  }
}
