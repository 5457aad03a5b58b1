import { retryAfterMs } from './retry-after';

const now = Date.parse('2026-01-01T00:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
    [{ 'retry-after': 'Thu, 01 Jan 2026 09:00:30 GMT', date: 'Thu, 01 Jan 2026 09:00:00 GMT' }, 30_000],
    [{ 'retry-after': '7', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{}, undefined],
  ])('reads %j', (headers, expected) => {
    const value = retryAfterMs(new Headers(headers as Record<string, string>), now);
    expect(value).toBe(expected);
  });
});
