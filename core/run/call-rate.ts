/** How fast an endpoint may be called, as all workers share it. Times are milliseconds since 1970. */
export interface CallRate {
  /** When the request bucket, and the token bucket, is full again. */
  requestsAt: number;
  tokensAt: number;
  /** No call before this. */
  closedUntil: number;
  /** Requests a minute right after the last 429 and before it; null: never reduced. */
  reducedRate: number | null;
  ceiling: number | null;
  reducedAt: number;
  /** The latest time that any writer has seen. */
  updatedAt: number;
}
