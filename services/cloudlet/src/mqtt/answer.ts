/**
 * A message that came by a device's topic, and its answer.
 *
 * @module
 */
import { asCareletError } from '@carelet/care/model';
import { encodeAnswer, type Hop, pass, readAsk } from '@carelet/care/wire/hop';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { event, type Log, traceOf } from '@carelet/ground/log';

/**
 * Answers one message. Whatever does not fit gets the words that a frame gets which does not open; what has no number
 * to answer to gets none.
 */
export async function answerTo(sessions: Hop['sessions'], message: Bytes, log: Log): Promise<Bytes | null> {
  const ask = readAsk(message);
  if (!ask) return null;
  if (ask.word === null) return encodeAnswer(ask.number, 'cannot-open');
  try {
    return encodeAnswer(ask.number, (await pass({ sessions }, ask.word, ask.input)) as object);
  } catch (thrown) {
    const { kind } = asCareletError(thrown, 'answer device');
    if (kind !== 'cannot-open') event(log, 'mqtt.refused', { op: ask.word, kind, ...traceOf(thrown) }, 'warn');
    return encodeAnswer(ask.number, kind);
  }
}
