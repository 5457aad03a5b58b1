/** Below this length a "key" is a placeholder such as `x`: replacing it would only garble messages. */
const SHORTEST_SECRET = 4;

const TOKEN_LIKE = /\b(?:(?:sk|pk|rk|gsk|xai|hf|nvapi)[-_][\w*.-]{6,}|AIza[\w-]{10,})/g;
const BEARER = /\bbearer\s+[^\s"',;]+/gi;

const REDACTED = '[redacted]';

/**
 * A function that takes secrets out of a text: each of `secrets` (also as JSON, URL-encoded or base64 text), anything
 * after `Bearer`, and anything that looks like a provider's key.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]);
  // Longest first: a secret that contains another must not leave its remainder behind.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) =>
    ordered
      .reduce((current, form) => current.replaceAll(form, REDACTED), text)
      .replace(BEARER, REDACTED)
      .replace(TOKEN_LIKE, REDACTED);
}
