/**
 * The bar at the foot of the page that says what was just done, with one undo.
 *
 * @module
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { Icon } from './Icon.tsx';
import classes from './Toast.module.css';

export type Toast = {
  readonly text: ReactNode;
  readonly undo?: { readonly label: string; readonly run: () => void };
};

type Shown = Toast & { readonly id: number };

const ToastContext = createContext<((toast: Toast | null) => void) | null>(null);

/**
 * Says what was done: `const say = useToast(); say({ text: t('lookedAt'), undo: { label: t('undo'), run } })`.
 * A newer one takes the place of an older one; `say(null)` takes away what is no longer so.
 *
 * @throws TypeError without a `ToastProvider` around the page
 */
export function useToast(): (toast: Toast | null) => void {
  const show = useContext(ToastContext);
  if (!show) throw new TypeError('there is no ToastProvider around this page');
  return show;
}

/** Stands around all pages. `close` names the button that takes the bar away; what was said goes when `owner` does. */
export function ToastProvider({ close, owner, children }: { close: string; owner: string; children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const show = useCallback((toast: Toast | null) => setShown((before) => toast && { ...toast, id: (before?.id ?? 0) + 1 }), []);
  const gone = useCallback(() => setShown(null), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs because the owner changed
  useEffect(gone, [owner]);
  return (
    <ToastContext value={show}>
      {children}
      {/* The region is there before its words are: only then are they read out. */}
      <div className={classes.region} role="status" aria-live="polite">
        {shown && <Bar key={shown.id} toast={shown} close={close} gone={gone} />}
      </div>
    </ToastContext>
  );
}

/** Long enough to read a sentence and reach the button; it waits while a hand or the focus is on it. */
const seconds = 10;

function Bar({ toast, close, gone }: { toast: Toast; close: string; gone: () => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(gone, seconds * 1000);
    return () => clearTimeout(timer);
  }, [held, gone]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the bar only notices that somebody is there
    <div
      className={classes.bar}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p>{toast.text}</p>
      {toast.undo && (
        <button
          type="button"
          className={classes.undo}
          onClick={() => {
            toast.undo?.run();
            gone();
          }}
        >
          <Icon name="arrow-counter-clockwise" size={18} />
          {toast.undo.label}
        </button>
      )}
      <button type="button" className={classes.close} aria-label={close} onClick={gone}>
        <Icon name="x" size={18} />
      </button>
    </div>
  );
}
