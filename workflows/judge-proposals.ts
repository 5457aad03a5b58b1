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

/** Judges all parts, each by an activity of its own; scores by part. */
type Score = (parts: JudgedPart[]) => Promise<ProposalScore[][]>;

interface Ranking {
  proposals: ProposalsReference;
  /** Proposes combinations of what ranked best. */
  propose: (ranked: RankedProposals) => Promise<ProposalsReference>;
  score: Score;
  /** What ranks them; default `reward`, where that is trusted. */
  rankBy?: JudgedPart['judge'];
  rankingInputs: number;
}

const proposalsPerActivity = 4;

/** Ranks the first proposals, then combinations of the best of them. */
export async function rankProposals(options: Ranking): Promise<RankedProposals[]> {
  const { proposals, propose, score, rankBy = 'reward', rankingInputs: inputs } = options;
  const ranked = async (reference: ProposalsReference): Promise<RankedProposals> => {
    const { sha256, hashes } = reference;
    return { reference, scores: await judged(score, { blobs: [sha256], hashes, inputs, judge: rankBy }) };
  };
  const first = await ranked(proposals);
  return [first, await ranked(await propose(first))];
}

/** The same; then the global metric judges the best of both rounds on more inputs (`docs/decisions/0015`). */
export async function judgeProposals(
  options: Ranking & { shortlistInputs: number; shortlistSize: number },
): Promise<Pick<SelectFinalistsInput, 'rounds' | 'shortlist'>> {
  const { score, shortlistInputs: inputs, shortlistSize } = options;
  const rounds = await rankProposals(options);
  const blobs = rounds.map(({ reference }) => reference.sha256);
  const hashes = shortlist(rounds, shortlistSize).map(({ configurationHash }) => configurationHash);
  return { rounds, shortlist: await judged(score, { blobs, hashes, inputs, judge: 'metric' }) };
}

async function judged(score: Score, { hashes, ...how }: JudgedPart): Promise<ProposalScore[]> {
  const parts = boundedChunks(hashes.length, proposalsPerActivity).map(({ from, to }) => ({
    ...how,
    hashes: hashes.slice(from, to),
  }));
  return (await score(parts)).flat();
}
