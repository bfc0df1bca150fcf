/**
 * The portal begins: words, colours, who is here, and the page at this address.
 *
 * @module
 */
import './ui/letters.css';
import 'virtual:theme.css';
import './ui/mantine.css';
import './base.css';
import { DirectionProvider, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startSoon } from './house/front.ts';
import { makeQueries } from './queries.ts';
import { router } from './routes.tsx';
import { SessionProvider } from './shell/session.tsx';
import { peopleQuery, townQuery } from './shell/town.ts';
import { theme } from './theme.ts';
import { directionOf } from './words/language.ts';
import { startWords, useLanguage } from './words/words.ts';

const queries = makeQueries();
// What the first page asks its own server is on its way before it is drawn, and the worker comes after it.
void askTown().then(startSoon);

async function askTown(): Promise<void> {
  await queries.prefetchQuery(townQuery);
  if (queries.getQueryData(townQuery.queryKey)?.demo) await queries.prefetchQuery(peopleQuery);
}

function Portal() {
  const direction = directionOf(useLanguage());
  return (
    <DirectionProvider key={direction} initialDirection={direction} detectDirection={false}>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}

await startWords();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Portal />
  </StrictMode>,
);
