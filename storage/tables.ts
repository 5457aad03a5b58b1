/**
 * The rows of every table. Times are milliseconds since 1970, money is US dollars, a column holding JSON is text as
 * `stored-json.ts` writes it.
 */
export interface Tables {
  optimas_schema: { version: number; name: string; applied_at: number };
  blobs: { sha256: string; bytes: Uint8Array; content_type: string; size: number };
  memo: {
    key: string;
    kind: string;
    /** The run that made the value. */
    run_id: string;
    value: string;
    prompt_tokens: number;
    completion_tokens: number;
    usd: number;
    latency_ms: number;
    model: string | null;
    created_at: number;
  };
  memo_leases: { key: string; owner: string; expires_at: number };
  spend: {
    id: string;
    run_id: string;
    kind: string;
    role: string;
    model: string | null;
    calls: number;
    prompt_tokens: number;
    completion_tokens: number;
    usd: number;
    latency_ms: number;
    at: number;
  };
  /** Sums over `spend`, kept in step with it so that a budget check reads a few rows. */
  spend_totals: {
    run_id: string;
    kind: string;
    role: string;
    /** Empty where `spend` has null. */
    model: string;
    entries: number;
    calls: number;
    prompt_tokens: number;
    completion_tokens: number;
    usd: number;
    latency_ms: number;
  };
  counters: { run_id: string; name: string; value: number };
  /** The worst case of every model call in flight, held back from the limits of its run. */
  reservations: {
    id: string;
    run_id: string;
    /** The process that makes the call and renews the lease. */
    owner: string;
    expires_at: number;
    calls: number;
    tokens: number;
    usd: number;
  };
  /** How fast an endpoint may be called: see decision 0013. */
  call_rates: {
    endpoint: string;
    /** Counts the changes: a writer that has read another version changes nothing. */
    version: number;
    /** When the request bucket, and the token bucket, is full again. */
    requests_at: number;
    tokens_at: number;
    /** No call before this. */
    closed_until: number;
    /** Requests a minute after the last 429 and before it; null: never reduced. */
    reduced_rate: number | null;
    ceiling: number | null;
    reduced_at: number;
    /** The latest time that any writer has seen. */
    updated_at: number;
  };
  runs: {
    run_id: string;
    system: string;
    seed: number;
    status: string;
    definition_hash: string;
    input: string;
    result: string | null;
    created_at: number;
    updated_at: number;
  };
  configurations: { hash: string; value: string };
  evaluations: {
    run_id: string;
    purpose: string;
    iteration: number;
    configuration_hash: string;
    example_id: string;
    draw_index: number;
    score: number;
    sub_scores: string | null;
    feedback: string | null;
    failure: string | null;
    trace_blob: string | null;
  };
  candidates: {
    run_id: string;
    iteration: number;
    component: string;
    example_id: string;
    candidate_index: number;
    inputs: string;
    outputs: string;
    origin: string;
    configuration_hash: string;
    scores: string;
    alternatives: string | null;
    failure: string | null;
  };
  reward_versions: {
    run_id: string;
    component: string;
    version: number;
    artefact_sha256: string | null;
    manifest: string;
    metrics: string;
  };
  reward_fits: { key: string; artefact_sha256: string; manifest: string; outcome: string };
  ledger: {
    run_id: string;
    key: string;
    sequence: number;
    iteration: number;
    kind: string;
    body: string;
    at: number;
  };
}
