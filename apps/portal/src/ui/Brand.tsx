import classes from './Brand.module.css';

/** A ring that closes around one thing, and the gap is the key. It is also a C. */
export function Brand({ size = 26, word = true }: { size?: number; word?: boolean }) {
  return (
    <span className={classes.brand}>
      <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
        <path d="M21.4 20.2a9.8 9.8 0 1 1 0-12.4" fill="none" stroke="currentColor" strokeWidth="3.2" strokeLinecap="round" />
        <circle cx="14" cy="14" r="3.4" fill="currentColor" />
      </svg>
      {word && <span className={classes.word}>Carelet</span>}
    </span>
  );
}
