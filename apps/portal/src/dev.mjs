// The pages with hot reload, over a demo town of their own: `npm run dev -w apps/portal`.
//
// Vite serves the pages and passes everything else to the town's portal. What Vite serves carries no
// Content-Security-Policy, because hot reload needs inline scripts and styles: a page that works here is done when
// it works under `npm start` too. The town's data stays in .carelet/dev.
import { spawn } from 'node:child_process';
import { createServer as openPort } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const house = fileURLToPath(new URL('../../../', import.meta.url));

const townPort = await freePort();
const passed = { target: `http://127.0.0.1:${townPort}` };
const vite = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  server: {
    host: '127.0.0.1',
    proxy: { '^/(town\\.json|mark\\.svg)$': passed, '^/(authority|cloudlets|demo)/': passed },
  },
});
await vite.listen();
const { port } = vite.httpServer.address();
console.log(`
The portal's pages, with hot reload and without the policy of the real ones: http://127.0.0.1:${port}
`);

const town = spawn(process.execPath, [`${house}testbed/dist/main.js`], {
  cwd: house,
  stdio: 'inherit',
  env: {
    CARELET_DATA_FOLDER: '.carelet/dev',
    ...process.env,
    CARELET_PORT: String(townPort),
    CARELET_PORTAL_ORIGINS: `http://127.0.0.1:${port} http://localhost:${port}`,
  },
});

// The terminal tells the town of Ctrl-C too; who ends this process alone means both.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => town.kill('SIGTERM'));
town.on('exit', async (code) => {
  await vite.close();
  process.exit(code ?? 0);
});

/** A port that is free, with the next ones likely free too: the town takes six. */
function freePort() {
  return new Promise((done, fail) => {
    const server = openPort()
      .on('error', fail)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => done(port));
      });
  });
}
