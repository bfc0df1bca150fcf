import type { Block } from '../../house/items.ts';

/**
 * The beginning of a note, a paragraph each: without its letterhead where the title stands once more below it, and cut
 * between words.
 *
 * @param longest letters in all
 * @example
 * ```ts no-run
 * excerpt(blocks, 'The yearly visit', 420); // ['Feels well, walks daily.', 'Weight down almost two kilograms …']
 * ```
 */
export function excerpt(blocks: readonly Block[], title: string, longest: number): string[] {
  const headed = blocks.findIndex((block) => block.kind !== 'list' && block.text.trim() === title.trim());
  const paragraphs = blocks
    .slice(headed + 1)
    .flatMap((block) => (block.kind === 'heading' ? [] : block.kind === 'list' ? block.items.join('; ') : block.text));
  const kept: string[] = [];
  let left = longest;
  for (const text of paragraphs) {
    if (left <= 0) break;
    kept.push(text.length <= left ? text : `${text.slice(0, left).replace(/\s+\S*$/, '')} …`);
    left -= text.length;
  }
  return kept;
}
