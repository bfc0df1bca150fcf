/**
 * A worker of the worker's: pairings, and nothing that lasts.
 *
 * @module
 */
import './without-eval.ts';
import { mathematicsHere } from '@carelet/client/mathematics';
import { expose } from 'comlink';

expose(mathematicsHere);
