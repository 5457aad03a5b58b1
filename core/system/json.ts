/** A value that survives JSON unchanged: the only kind that crosses a component boundary, a memo entry or a Temporal payload. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };
