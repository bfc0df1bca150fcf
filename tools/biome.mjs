// Biome by its platform package: the wrapper package `@biomejs/biome` does not survive `npm ci` everywhere.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const binary = createRequire(import.meta.url).resolve('@biomejs/cli-linux-x64/biome');
const { status } = spawnSync(binary, process.argv.slice(2), { stdio: 'inherit' });
process.exit(status ?? 1);
