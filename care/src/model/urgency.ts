/**
 * Urgency: how soon a reading has to be where somebody sees it. The nurse's words for PHDA's classes P1, P2 and P3.
 *
 * @module
 */

/** The most urgent first. */
export const urgencies = ['emergency', 'monitoring', 'routine'] as const;

/**
 * - `emergency` goes at once and alone, and is answered for by the cloud;
 * - `monitoring` goes within ten seconds;
 * - `routine` goes when nothing more urgent waits.
 */
export type Urgency = (typeof urgencies)[number];
