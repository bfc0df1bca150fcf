import type { Block } from '../../house/items.ts';
import classes from './NoteText.module.css';

/** A note as text to be read: headings, paragraphs, lists; nothing of it is markup. */
export function NoteText({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className={classes.note} dir="auto">
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a note keep their places
        <Piece key={at} block={block} />
      ))}
    </div>
  );
}

function Piece({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return <h3>{block.text}</h3>;
    case 'paragraph':
      return <p>{block.text}</p>;
    case 'list':
      return (
        <ul>
          {block.items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a list keep their places
            <li key={at}>{item}</li>
          ))}
        </ul>
      );
  }
}
