/**
 * Suites: one number for all algorithms of a session.
 *
 * Both use NTRU-HPS-821 with X25519, Ed25519, SHA-256 and HKDF; they differ in what seals boxes and frames. A
 * cloudlet announces one; a device that does not know it makes no session.
 *
 * @module
 */
import type { Suite as Aead } from '../algebra/aead.ts';

/** 1: ChaCha20-Poly1305, the default. 2: AES-256-GCM, for devices with AES in hardware. */
export type SuiteNumber = 1 | 2;

const aeads: Readonly<Record<SuiteNumber, Aead>> = { 1: 'chacha20-poly1305', 2: 'aes-256-gcm' };

/** What seals boxes and frames in a suite. */
export const aeadOf = (suite: SuiteNumber): Aead => aeads[suite];

/** Reads a suite number; `undefined` for one that is not known here. */
export const suiteNumber = (value: unknown): SuiteNumber | undefined => (value === 1 || value === 2 ? value : undefined);
