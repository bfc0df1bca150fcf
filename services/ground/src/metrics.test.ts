import { describe, expect, test } from 'vitest';
import { metrics } from './metrics.ts';

describe('metrics', () => {
  test('count requests by operation and status', async () => {
    const cloud = metrics('cloud');
    cloud.http('records.post', 200, 0.002);
    cloud.http('records.post', 200, 0.2);
    cloud.http('records.post', 403, 0.001);
    const text = await cloud.text();
    expect(text).toContain('carelet_http_seconds_count{service="cloud",op="records.post",status="200"} 2');
    expect(text).toContain('carelet_http_seconds_bucket{le="0.003",service="cloud",op="records.post",status="200"} 1');
    expect(text).toContain('carelet_http_seconds_count{service="cloud",op="records.post",status="403"} 1');
  });

  test('count, look up and time', async () => {
    const cloud = metrics('cloud');
    const postings = cloud.counter('postings_total', 'Postings kept.', ['part']);
    postings({ part: 'MI' });
    postings({ part: 'MI' }, 4);
    const restarts = cloud.counter('restarts_total', 'Restarts.');
    restarts();
    cloud.gauge('queue', 'Waiting.', async () => 7);
    cloud.gauge('broken', 'Never.', () => {
      throw new Error('the database does not answer');
    });
    const stop = cloud.timer('seal_seconds', 'Sealing.')();
    expect(stop()).toBeGreaterThanOrEqual(0);
    const text = await cloud.text();
    expect(text).toContain('carelet_postings_total{part="MI",service="cloud"} 5');
    expect(text).toContain('carelet_restarts_total{service="cloud"} 1');
    expect(text).toContain('carelet_queue{service="cloud"} 7');
    expect(text).toMatch(/carelet_broken\{service="cloud"\} Nan/i);
    expect(text).toContain('carelet_seal_seconds_count{service="cloud"} 1');
  });

  test('of two services in one process do not meet', async () => {
    const [cloud, authority] = [metrics('cloud'), metrics('authority')];
    cloud.counter('things_total', 'Things.')();
    authority.counter('things_total', 'Things.');
    expect(await cloud.text()).toContain('carelet_things_total{service="cloud"} 1');
    expect(await authority.text()).not.toContain('cloud');
  });

  test('tell of the process only when asked', async () => {
    expect(await metrics('cloud').text()).not.toContain('process_');
    expect(await metrics('cloud', { process: true }).text()).toContain('process_resident_memory_bytes{service="cloud"}');
  });
});
