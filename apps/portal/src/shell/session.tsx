/**
 * Who is here: nobody, or somebody whose keyring is open in the worker.
 *
 * It is open until it is locked: by a button or shortcut, after a while without a hand on the page, or with the tab.
 * After locking the page asks for the passphrase at the same address, so nothing is lost but what was open.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { house, whenHouseDies } from '../house/front.ts';
import type { Someone } from '../house/house.ts';
import { useIdle } from './idle.ts';
import { opening } from './opening.ts';
import { sharing } from './sharing.ts';
import { taking } from './taking.ts';

export type Session = {
  readonly someone: Someone | null;
  /** Why it is locked again, for whoever comes back. */
  readonly locked: 'idle' | 'asked' | 'died' | null;
  /** The keyring that was open before it was locked, by name. */
  readonly last: string | null;
  /** Whether the servers can be reached, as far as we know. */
  readonly online: boolean;
  /** Whether others use this computer: then nothing is kept here. */
  readonly shared: boolean;
  /** Seconds until an idle page locks itself, once it is near; else `null`. */
  readonly lockingIn: number | null;
  begin(someone: Someone, shared: boolean): void;
  /** Asks the authority anew who one is. */
  again(): Promise<void>;
  lock(why?: 'idle' | 'asked'): Promise<void>;
  stay(): void;
};

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new TypeError('there is no session around this page');
  return session;
}

/** Whoever has unlocked; only below a door. */
export function useSomeone(): Someone {
  const { someone } = useSession();
  if (!someone) throw new TypeError('nobody has unlocked');
  return someone;
}

const minute = 60_000;

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [someone, setSomeone] = useState<Someone | null>(null);
  const [locked, setLocked] = useState<Session['locked']>(null);
  const [last, setLast] = useState<string | null>(null);
  const [reached, setReached] = useState(true);
  const [shared, setShared] = useState(false);
  const wired = useWired();
  const here = useRef(someone);
  here.current = someone;

  const lock = useCallback(
    async (why: 'idle' | 'asked' = 'asked') => {
      if (!here.current) return;
      setSomeone(null);
      setLocked(why);
      queries.clear();
      opening.clear();
      sharing.clear();
      taking.clear();
      await house.lock();
    },
    [queries],
  );

  useEffect(
    () =>
      whenHouseDies(() => {
        if (!here.current) return;
        setSomeone(null);
        setLocked('died');
        queries.clear();
        opening.clear();
        sharing.clear();
        taking.clear();
      }),
    [queries],
  );

  const begin = useCallback(
    (who: Someone, isShared: boolean) => {
      queries.clear();
      setShared(isShared);
      setLocked(null);
      setLast(who.name);
      setReached(true);
      setSomeone(who);
      void house.watch((event) => {
        switch (event.kind) {
          case 'opening':
            opening.tell(event.patient, { opened: event.opened, of: event.of });
            return;
          case 'opened':
            opening.tell(event.patient, null);
            void queries.invalidateQueries({ queryKey: ['patient', event.patient] });
            void queries.invalidateQueries({ queryKey: ['patients'] });
            void queries.invalidateQueries({ queryKey: ['triage'] });
            return;
          case 'changed':
            void queries.invalidateQueries({ queryKey: event.patient === null ? undefined : ['patient', event.patient] });
            void queries.invalidateQueries({ queryKey: ['patients'] });
            void queries.invalidateQueries({ queryKey: ['triage'] });
            void queries.invalidateQueries({ queryKey: ['requests'] });
            void queries.invalidateQueries({ queryKey: ['emergencies'] });
            return;
          case 'sharing':
            sharing.tell(event.done, event.of);
            return;
          case 'taking':
            taking.tell(event.step);
            return;
          case 'online':
          case 'offline':
            setReached(event.kind === 'online');
        }
      });
    },
    [queries],
  );

  const again = useCallback(async () => {
    const who = await house.whoami();
    if (here.current) setSomeone(who);
    await queries.invalidateQueries();
  }, [queries]);

  const onIdle = useCallback(() => void lock('idle'), [lock]);
  const { lockingIn, stay } = useIdle(someone !== null, shared ? 5 * minute : 15 * minute, onIdle);

  useEffect(() => {
    const leave = () => void house.lock();
    // A page kept for going back would keep its keys: it comes back locked.
    const back = (event: PageTransitionEvent) => {
      if (event.persisted) location.reload();
    };
    addEventListener('pagehide', leave);
    addEventListener('pageshow', back);
    return () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', back);
    };
  }, []);

  const session = useMemo<Session>(
    () => ({ someone, locked, last, online: wired && reached, shared, lockingIn, begin, again, lock, stay }),
    [someone, locked, last, wired, reached, shared, lockingIn, begin, again, lock, stay],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Whether this machine believes it has a network at all. */
function useWired(): boolean {
  const [wired, setWired] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setWired(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return wired;
}
