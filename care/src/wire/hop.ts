/**
 * The hop between a device and its cloudlet, over a message broker.
 *
 * What is asked and answered is what HTTP carries, by the same contract. A device asks on a topic of its own and is
 * answered on another; a number it chose tells which answer is whose. Messages are CBOR:
 *
 *     up    [number, word, input]      word: announcement, init or frame
 *     down  [number, output]  or  [number, kind of error]
 *
 * A broker's receipt of either (PUBACK) means nothing to anybody: what was sealed inside decides.
 *
 * @module
 */
import { CareletError, type ErrorKind, errorKinds } from '../model/error.ts';
import { decodeBody, encodeBody } from './codec.ts';
import { cloudletContract } from './contract/cloudlet.ts';
import type { RoleOf } from './contract/kit.ts';

const { 'sessions.announcement': announcement, 'sessions.init': init, 'sessions.frame': frame } = cloudletContract.operations;
const words = { announcement, init, frame } as const;

/** What a device may ask. */
export type HopWord = keyof typeof words;

/** The way to a cloudlet as a device needs it, whatever carries it. */
export type Hop = { readonly sessions: Pick<RoleOf<typeof cloudletContract>['sessions'], HopWord> };

/** The longest message either way, in bytes: the longest frame and what is around it. */
export const longestHopMessage = 4 * 1024 * 1024 + 64;

/** Where a device asks and where it is answered, from the topic it was given at pairing. */
export const hopTopics = (topic: string): { readonly up: string; readonly down: string } => ({
  up: `carelet/v1/${topic}/up`,
  down: `carelet/v1/${topic}/down`,
});

/** What a cloudlet listens to: the up topics of all devices. */
export const everyUpTopic = hopTopics('+').up;

/** The device's topic in the name of an up topic; `null` for any other. */
export const topicOfUp = (name: string): string | null => /^carelet\/v1\/([0-9a-f]{32})\/up$/.exec(name)?.[1] ?? null;

/** A question as a message. */
export const encodeAsk = (number: number, word: HopWord, input: unknown): Uint8Array => encodeBody('cbor', [number, word, input]);

/** A question; `word` is `null` where the message has a number, but is nothing one could ask. */
export type Ask = { readonly number: number } & ({ readonly word: HopWord; readonly input: unknown } | { readonly word: null });

/** Reads a question, strictly; `null` where there is not even a number to answer to. */
export function readAsk(message: Uint8Array): Ask | null {
  const fields = readFields(message, 3);
  if (!fields) return null;
  const [number, word, input] = fields;
  if (typeof word !== 'string' || !Object.hasOwn(words, word)) return { number, word: null };
  const known = word as HopWord;
  return words[known].input.safeParse(input).success ? { number, word: known, input } : { number, word: null };
}

/** Asks the question of a cloudlet. */
export function pass({ sessions }: Hop, word: HopWord, input: unknown): Promise<unknown> {
  return word === 'announcement' ? sessions.announcement() : (sessions[word] as (input: unknown) => Promise<unknown>)(input);
}

/** An answer as a message: what came out, or the kind of what went wrong. */
export const encodeAnswer = (number: number, answer: object | ErrorKind): Uint8Array => encodeBody('cbor', [number, answer]);

/** The number an answer is to, and what it says; `null` for any other message. */
export function readAnswer(message: Uint8Array): { readonly number: number; readonly answer: unknown } | null {
  const fields = readFields(message, 2);
  return fields && { number: fields[0], answer: fields[1] };
}

/**
 * What was asked for, out of an answer.
 *
 * @throws {CareletError} of the kind the cloudlet told, or `unavailable` for an answer that is none to this question
 */
export function outcomeOf(word: HopWord, answer: unknown): unknown {
  const op = `ask the cloudlet for ${word}`;
  if (typeof answer === 'string' && (errorKinds as readonly string[]).includes(answer)) {
    const because = answer === 'unavailable' ? 'it cannot take anything now' : 'it refuses';
    throw new CareletError(answer as ErrorKind, op, { because });
  }
  const read = words[word].output.safeParse(answer);
  if (!read.success) throw new CareletError('unavailable', op, { because: 'whoever answers is no cloudlet' });
  return read.data;
}

function readFields(message: Uint8Array, count: number): [number, ...unknown[]] | null {
  if (message.length > longestHopMessage) return null;
  let fields: unknown;
  try {
    fields = decodeBody('cbor', message);
  } catch {
    return null;
  }
  if (!Array.isArray(fields) || fields.length !== count) return null;
  const [number] = fields as [unknown];
  return Number.isInteger(number) && (number as number) >= 0 && (number as number) <= 0xffffffff ? (fields as [number]) : null;
}
