import { createElement, Fragment } from 'react';

/** Words with `<b>` in them. Nothing else is read as markup, so a name with an angle bracket stays a name. */
export function Rich({ text }: { text: string }) {
  const pieces = text.split(/<b>(.*?)<\/b>/s);
  return createElement(Fragment, null, ...pieces.map((piece, i) => (i % 2 === 1 ? createElement('b', null, piece) : piece)));
}
