/**
 * How the pages are built: from TypeScript sources to files that the portal's service hands out under a strict policy.
 *
 * [Note: No style at runtime]
 * Mantine would write its variables into a `<style>` when the page starts, which our policy forbids. They are known
 * when the page is built, so they become a stylesheet then: `virtual:theme.css`.
 *
 * [Note: What a first picture waits for]
 * Over HTTP/1.1 a browser asks for six files at once, and each costs a way there and back. So all that a first page
 * needs lies in two scripts: `first`, which is small and waited for, and `portal`, which gives way to the stylesheet and
 * to the letters. Left alone, the bundler makes two dozen of what the first page and later ones have in common.
 *
 * @module
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { resolver, theme } from './src/theme.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

const firstScripts = [
  { name: 'first', test: /src[\\/](first|words[\\/]language)\.ts$/, priority: 1 },
  { name: 'portal', tags: ['$initial' as const] },
];

export default defineConfig({
  root,
  publicDir: false,
  plugins: [react(), themeStylesheet(), inOrder(), packed()],
  // Every workspace exports its sources under the condition `source`.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // Workers lie apart: the service hands them out with a policy of their own.
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: 'worker/[name]-[hash].js', chunkFileNames: 'assets/[name]-[hash].js' } },
  },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: firstScripts } } },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024,
  },
});

/** `virtual:theme.css`: the theme's variables, light and dark. */
function themeStylesheet(): Plugin {
  const name = 'virtual:theme.css';
  const inside = '\0theme.css';
  return {
    name: 'carelet-theme',
    resolveId: (id) => (id === name ? inside : undefined),
    load: (id) => (id === inside ? variables() : undefined),
  };
}

function variables(): string {
  const whole = mergeMantineTheme(DEFAULT_THEME, theme);
  // Mantine brings colours that no page of ours names.
  const merged = { ...whole, colors: Object.fromEntries(Object.keys(theme.colors ?? {}).map((name) => [name, whole.colors[name]!])) };
  const [usual, ours] = [defaultCssVariablesResolver(merged), resolver(merged)];
  const both = {
    variables: { ...usual.variables, ...ours.variables },
    light: { ...usual.light, ...ours.light, '--mantine-color-scheme': 'light' },
    dark: { ...usual.dark, ...ours.dark, '--mantine-color-scheme': 'dark' },
  };
  return convertCssVariables(both, ':root');
}

/** Has the document say which script the first picture waits for, and which give way. */
function inOrder(): Plugin {
  return {
    name: 'carelet-in-order',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replace(/<script type="module"(?= [^>]*src="\/assets\/(.*?)-)/g, (tag, name) =>
          name === 'first' ? `${tag} blocking="render"` : `${tag} fetchpriority="low"`,
        ),
    },
  };
}

/** Packs what was built once, as small as it gets, so that the service packs nothing. */
function packed(): Plugin {
  const [small, usual] = [promisify(brotliCompress), promisify(gzip)];
  let built = '';
  return {
    name: 'carelet-packed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      built = dir;
    },
    async closeBundle(error) {
      if (error || built === '') return;
      for (const room of ['assets', 'worker']) {
        const names = await readdir(join(built, room)).catch(() => []);
        await Promise.all(names.filter((name) => /\.(css|js|json|svg|wasm)$/.test(name)).map((name) => pack(join(built, room, name))));
      }
    },
  };

  async function pack(path: string): Promise<void> {
    const bytes = await readFile(path);
    const hints = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    const forms = [
      ['.br', await small(bytes, hints)],
      ['.gz', await usual(bytes, { level: 9 })],
    ] as const;
    for (const [ending, form] of forms) if (form.length < bytes.length) await writeFile(path + ending, form);
  }
}
