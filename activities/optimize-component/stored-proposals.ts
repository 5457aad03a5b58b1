import type { Proposal } from '../../core/search/proposal';
import type { Stores } from '../../storage';
import type { ProposalsReference } from '../contracts';

/** Stores proposals as one blob, so that only their reference passes through Temporal. */
export async function storeProposals(stores: Stores, proposals: readonly Proposal[]): Promise<ProposalsReference> {
  const { sha256 } = await stores.blobs.putJson(proposals);
  return { sha256, proposals: proposals.length };
}

export function loadProposals(stores: Stores, reference: ProposalsReference): Promise<Proposal[]> {
  return stores.blobs.getJson<Proposal[]>(reference.sha256);
}
