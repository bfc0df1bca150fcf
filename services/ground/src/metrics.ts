/**
 * What a service counts, in the text that Prometheus reads.
 *
 * Each service has a registry of its own, so that several can live in one process. Labels are closed lists
 * (an operation's name, a status), never a patient, a caller or a path: who asks how often is health data too.
 *
 * @module
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  readonly contentType: string;
  /** One request answered. */
  readonly http: (op: string, status: number, seconds: number) => void;
  /** A number that only grows. */
  readonly counter: <Label extends string = never>(name: string, help: string, labels?: readonly Label[]) => Count<Label>;
  /** A number that is looked up when somebody reads the metrics. */
  readonly gauge: (name: string, help: string, read: () => number | Promise<number>) => void;
  /** How long something takes: gives a stopwatch, and what stops it gives the seconds. */
  readonly timer: (name: string, help: string) => () => () => number;
  /** The exposition text. */
  readonly text: () => Promise<string>;
};

/** Adds to a counter: one, or `by`. */
export type Count<Label extends string> = (labels?: { readonly [L in Label]: string }, by?: number) => void;

/**
 * Metrics of one service; every line carries `service="name"`, every name begins with `carelet_`.
 *
 * @param options.process also count what Node knows of its process: memory, event loop, collections
 * @example
 * ```ts
 * import { metrics } from '@carelet/ground/metrics';
 * const cloud = metrics('cloud');
 * const postings = cloud.counter('postings_total', 'Postings kept.', ['part']);
 * postings({ part: 'MI' });
 * await cloud.text(); // … carelet_postings_total{part="MI",service="cloud"} 1
 * ```
 */
export function metrics(service: string, options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  if (options.process === true) collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'carelet_http_seconds',
    help: 'How long requests took to answer, by operation and status.',
    labelNames: ['op', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });

  return {
    contentType: registry.contentType,
    http: (op, status, seconds) => requests.observe({ op, status }, seconds),
    counter: (name, help, labels = []) => {
      const counter = new Counter({ name: `carelet_${name}`, help, labelNames: labels, registers });
      return (values, by = 1) => (values === undefined ? counter.inc(by) : counter.inc({ ...values }, by));
    },
    gauge: (name, help, read) => {
      new Gauge({
        name: `carelet_${name}`,
        help,
        registers,
        async collect() {
          // A gauge that cannot be read must not take the others with it.
          this.set(
            await Promise.resolve()
              .then(read)
              .catch(() => Number.NaN),
          );
        },
      });
    },
    timer: (name, help) => {
      const histogram = new Histogram({
        name: `carelet_${name}`,
        help,
        registers,
        buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      });
      return () => histogram.startTimer();
    },
    text: () => registry.metrics(),
  };
}
