import { jsonFault } from './canonical-json';
import type { Component } from './component';
import type { ComponentCallResult } from './component-caller';
import { issueText } from './interpreter';
import type { JsonObject } from './json';

/** What a component returned as its outputs, or why that cannot be used. */
export function readOutput({ output }: Pick<Component, 'output'>, returned: unknown): ComponentCallResult['outcome'] {
  const parsed = output.safeParse(returned);
  if (!parsed.success) return { status: 'failed', reason: `its output does not fit: ${issueText(parsed.error)}` };
  // A schema may let NaN or a function through (`z.any()`), which neither the memo nor another component can take.
  const fault = jsonFault(parsed.data);
  if (fault !== undefined) return { status: 'failed', reason: `its output is no JSON: ${fault}` };
  return { status: 'ok', outputs: parsed.data as JsonObject };
}
