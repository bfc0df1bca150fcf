/** Letters for a face: of the first and the last name, without title. */
export function initialsOf(title: string): string {
  const words = title.replace(/^(Dr|Prof)\.? /, '').split(/[\s-]+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : '')).join('');
}
