import { expect, test } from 'vitest';
import type { Block } from '../../house/items.ts';
import { excerpt } from './excerpt.ts';

const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

test('a letterhead is left out where the title stands once more below it', () => {
  const blocks = [
    paragraph('Harbour Clinic'),
    paragraph('Ada Marlow, born 14 March 1955'),
    paragraph('The yearly visit '),
    paragraph('Feels well.'),
  ];
  expect(excerpt(blocks, 'The yearly visit', 100)).toEqual(['Feels well.']);
  expect(excerpt(blocks, 'Another title', 100)).toHaveLength(4);
});

test('a heading is no text, and a list is one paragraph', () => {
  const blocks: Block[] = [
    { kind: 'heading', text: 'Plan' },
    { kind: 'list', items: ['rest', 'water'] },
  ];
  expect(excerpt(blocks, 'Note', 100)).toEqual(['rest; water']);
});

test('what is longer is cut between words, and nothing follows', () => {
  expect(excerpt([paragraph('one two three'), paragraph('four')], '', 9)).toEqual(['one two …']);
  expect(excerpt([paragraph('one'), paragraph('two three')], '', 8)).toEqual(['one', 'two …']);
  expect(excerpt([], '', 8)).toEqual([]);
});
