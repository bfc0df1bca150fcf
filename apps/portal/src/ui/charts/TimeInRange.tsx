import classes from './TimeInRange.module.css';

/**
 * Time in range: three lengths of one day, each with its word and its share. Within is solid, outside is hatched.
 * It follows the direction of the script, as shares of a whole do.
 *
 * @param low,within,high shares of the day; they need not add up
 * @param words below the lengths, in their order: "4 % low"
 */
export function TimeInRange({
  low,
  within,
  high,
  words,
  name,
}: {
  low: number;
  within: number;
  high: number;
  words: readonly [low: string, within: string, high: string];
  name: string;
}) {
  return (
    <div role="img" aria-label={name} className={classes.range}>
      <span className={classes.bar}>
        {low > 0 && <i data-part="out" style={{ flexGrow: low }} />}
        {within > 0 && <i data-part="within" style={{ flexGrow: within }} />}
        {high > 0 && <i data-part="out" style={{ flexGrow: high }} />}
      </span>
      <span className={classes.words} aria-hidden="true">
        {words.map((word) => (
          <span key={word}>{word}</span>
        ))}
      </span>
    </div>
  );
}
