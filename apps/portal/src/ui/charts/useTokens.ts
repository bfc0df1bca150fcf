import { useComputedColorScheme } from '@mantine/core';
import { useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/**
 * Colours of the theme for a canvas, which cannot read CSS variables: `useTokens('ecg', 'surface')`.
 *
 * They come once the page has its colours, and again when light becomes dark or the page goes to paper. Until then it is
 * `null` and a chart draws nothing.
 */
export function useTokens<const N extends string>(...names: N[]): Readonly<Record<N, string>> | null {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [tokens, setTokens] = useState<Readonly<Record<N, string>> | null>(null);
  const key = names.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme means other colours under the same names
  useLayoutEffect(() => {
    let current = true;
    const read = () => {
      const style = getComputedStyle(document.documentElement);
      setTokens(
        Object.fromEntries(key.split(' ').map((name) => [name, style.getPropertyValue(`--c-${name}`).trim()])) as Record<N, string>,
      );
    };
    // The scheme is written on <html> after the effects of what stands inside, so the colours are read after it.
    queueMicrotask(() => current && read());
    // Paper does not wait for the next frame.
    const paper = matchMedia('print');
    const turned = () => flushSync(read);
    paper.addEventListener('change', turned);
    return () => {
      current = false;
      paper.removeEventListener('change', turned);
    };
  }, [scheme, key]);
  return tokens;
}
