import { defineSearchAttributeKey } from '@temporalio/common';

/** Few, of low cardinality; `optimas setup` registers them. */
export const searchAttributes = {
  system: defineSearchAttributeKey('OptimasSystem', 'KEYWORD'),
  phase: defineSearchAttributeKey('OptimasPhase', 'KEYWORD'),
};
