import type { Proposal } from '../../core/search/proposal';
import { configurationHash, withComponent } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import type { LocalStep, ProposalsReference } from '../contracts';

/** Stores proposals as one blob, so that only their reference passes through Temporal. */
export async function storeProposals(
  stores: Stores,
  step: LocalStep,
  proposals: readonly Proposal[],
): Promise<ProposalsReference> {
  const { sha256 } = await stores.blobs.putJson(proposals);
  return { sha256, hashes: [...(await byHash(stores, step, proposals)).keys()] };
}

/** The proposals of some blobs, by the hash of the whole configuration with the proposal in place. */
export async function loadProposals(
  stores: Stores,
  step: LocalStep,
  blobs: readonly string[],
): Promise<Map<string, Proposal>> {
  const proposals: Proposal[] = [];
  for (const sha256 of blobs) proposals.push(...(await stores.blobs.getJson<Proposal[]>(sha256)));
  return byHash(stores, step, proposals);
}

async function byHash(
  stores: Stores,
  { component, configurationHash: incumbentHash }: LocalStep,
  proposals: readonly Proposal[],
): Promise<Map<string, Proposal>> {
  const incumbent = await stores.configurations.get(incumbentHash);
  return new Map(
    proposals.map((proposal) => [configurationHash(withComponent(incumbent, component, proposal.settings)), proposal]),
  );
}
