import { useEffect } from 'react';

/** The window's title, while a page shows. */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = `${text} · Carelet`;
  }, [text]);
}
