import type {
  ProposalScore,
  ProposalsReference,
  RankedProposals,
  ScoreProposalsInput,
  SelectFinalistsInput,
} from '../activities/contracts';
import { shortlist } from '../core/search/shortlist';
import { boundedChunks } from './fan-out';

/** What one activity judges, and how. */
export type JudgedPart = Pick<ScoreProposalsInput, 'blobs' | 'hashes' | 'inputs' | 'judge'>;

const proposalsPerActivity = 4;

/**
 * Ranks the first proposals, then combinations of the best of them; then the global metric judges the best of both rounds on
 * more inputs (`docs/decisions/0015`).
 */
export async function judgeProposals(options: {
  proposals: ProposalsReference;
  /** Proposes combinations of what ranked best. */
  propose: (ranked: RankedProposals) => Promise<ProposalsReference>;
  /** Judges all parts, each by an activity of its own; scores by part. */
  score: (parts: JudgedPart[]) => Promise<ProposalScore[][]>;
  /** What ranks them first; default `reward`, where that is trusted. */
  rankBy?: JudgedPart['judge'];
  rankingInputs: number;
  shortlistInputs: number;
  shortlistSize: number;
}): Promise<Pick<SelectFinalistsInput, 'rounds' | 'shortlist'>> {
  const { proposals, propose, score, rankBy = 'reward', rankingInputs, shortlistInputs, shortlistSize } = options;
  const judged = async ({ hashes, ...how }: JudgedPart): Promise<ProposalScore[]> => {
    const parts = boundedChunks(hashes.length, proposalsPerActivity).map(({ from, to }) => ({
      ...how,
      hashes: hashes.slice(from, to),
    }));
    return (await score(parts)).flat();
  };
  const ranked = async (reference: ProposalsReference): Promise<RankedProposals> => {
    const { sha256, hashes } = reference;
    return { reference, scores: await judged({ blobs: [sha256], hashes, inputs: rankingInputs, judge: rankBy }) };
  };
  const first = await ranked(proposals);
  const rounds = [first, await ranked(await propose(first))];
  const measured = await judged({
    blobs: rounds.map(({ reference }) => reference.sha256),
    hashes: shortlist(rounds, shortlistSize).map(({ configurationHash }) => configurationHash),
    inputs: shortlistInputs,
    judge: 'metric',
  });
  return { rounds, shortlist: measured };
}
