/**
 * Before anything else: checks of what the services answer are made without text that is run.
 *
 * Zod would write itself quicker checks where it may. Here it may not, and even trying breaks the policy once.
 *
 * @module
 */
(globalThis as { __zod_globalConfig?: { jitless: boolean } }).__zod_globalConfig = { jitless: true };
