import { placeProposal } from '../../core/search/place-proposal';
import type { Proposal } from '../../core/search/proposal';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import type { Stores } from '../../storage';
import type { ProposalsReference } from '../contracts';

/** Where proposals take their place. */
export interface ProposalPlace {
  incumbent: Configuration;
  component: string;
}

/** Stores proposals as one blob, so that only their reference passes through Temporal. */
export async function storeProposals(
  stores: Stores,
  place: ProposalPlace,
  proposals: readonly Proposal[],
): Promise<ProposalsReference> {
  const { sha256 } = await stores.blobs.putJson(proposals);
  return { sha256, hashes: [...byHash(place, proposals).keys()] };
}

/** The proposals of some blobs, by the hash of the whole configuration with the proposal in place. */
export async function loadProposals(
  stores: Stores,
  place: ProposalPlace,
  blobs: readonly string[],
): Promise<Map<string, Proposal>> {
  const proposals: Proposal[] = [];
  for (const sha256 of blobs) proposals.push(...(await stores.blobs.getJson<Proposal[]>(sha256)));
  return byHash(place, proposals);
}

function byHash({ incumbent, component }: ProposalPlace, proposals: readonly Proposal[]): Map<string, Proposal> {
  return new Map(
    proposals.map((proposal) => [configurationHash(placeProposal(incumbent, component, proposal)), proposal]),
  );
}
